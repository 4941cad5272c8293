"""What judges exercise 7."""
