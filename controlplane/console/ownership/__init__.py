"""The pages of who owns which data: the matrix, what was breached, and its export."""
