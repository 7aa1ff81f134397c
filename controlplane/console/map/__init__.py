"""The dependency map: what stands on what, drawn and listed, and what breaks when something stops."""
