"""What can be done to a change request: one verb a file."""
