"""Searches under a name: saved, saved again, removed."""
