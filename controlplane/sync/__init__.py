"""Sync jobs: what is read from a source again and again, page by page, and passed on where it changed."""
