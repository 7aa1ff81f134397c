"""The interfaces of the estate: which version, which operations, and who uses them."""
