"""What is right: one hidden suite per notebook, with the oracles and misconceptions it compares with."""
