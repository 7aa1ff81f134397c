"""Letting events out of quarantine: one, edited if need be, or all that a version set aside, as one bounded act."""
