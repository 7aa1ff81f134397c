"""The pages of the ownership matrix."""
