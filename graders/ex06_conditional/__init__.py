"""What is right in notebook `conditional`: conditions, the conditional VAE, the two GANs with labels."""
