"""Grades a checkout of a student's repository, whatever its student prepared it to do."""
