"""The pages of changes and boards."""
