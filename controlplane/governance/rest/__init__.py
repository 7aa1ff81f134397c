"""Governance in the API: the selectors and verbs of its pages, as JSON."""
