"""The commands of `python -m judge` that need more than a line."""
