"""Identities in the API: found, read, and merged, split and undone with a preview before."""
