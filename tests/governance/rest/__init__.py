"""Governance in the API."""
