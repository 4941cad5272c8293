"""Exercise 2, the autoencoder."""
