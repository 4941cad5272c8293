"""What students hand in: found, read, cleaned and matched to what was handed out."""
