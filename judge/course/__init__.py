"""Lessons: read, built into notebooks, stripped, and searched for what students must not see."""
