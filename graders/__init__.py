"""What is right: one hidden suite per notebook, with the oracles and mistakes it compares with."""
