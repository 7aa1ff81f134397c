"""Shadow runs."""
