"""Runs what students wrote behind walls, and talks to it in plain data only."""
