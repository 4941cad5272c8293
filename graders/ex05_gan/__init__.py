"""Exercise 5, the generative adversarial network."""
