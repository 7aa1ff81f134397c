"""What is asked of every page there is, however it came to be: found by its address, so that none is forgotten."""
