"""The API of what joins several apps: imports, and what was discovered."""
