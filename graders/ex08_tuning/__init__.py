"""What is right in exercise 8: hidden checks of the lesson on tuning."""
