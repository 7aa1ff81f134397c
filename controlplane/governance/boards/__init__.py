"""What can be done to a board and its seats."""
