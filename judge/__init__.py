"""The trusted side of the course: it builds lessons, releases them and judges what comes back."""
