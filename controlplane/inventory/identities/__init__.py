"""Joining identities that are one record, and taking them apart again; nothing of their history is ever lost."""
