"""Grades one notebook or many: runs it, judges it, and keeps the result."""
