"""Credentials: references to secrets in a vault, never their values."""
