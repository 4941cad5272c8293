"""Exercise 3, the variational autoencoder."""
