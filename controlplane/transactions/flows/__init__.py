"""Flows: writing a new version and putting it live."""
