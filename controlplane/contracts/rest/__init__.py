"""Contracts in the API: the catalogue, and the check of a document."""
