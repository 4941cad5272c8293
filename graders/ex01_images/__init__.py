"""Exercise 1, brain scans as objects."""
