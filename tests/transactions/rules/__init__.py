"""The pure rules of the traffic, as decision tables."""
