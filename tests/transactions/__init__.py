"""The traffic, tested."""
