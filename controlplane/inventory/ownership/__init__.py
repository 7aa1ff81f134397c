"""Who decides about which attribute: the matrix, read and changed."""
