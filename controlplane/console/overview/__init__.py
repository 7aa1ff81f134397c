"""The overview: which business processes are kept, by calendar month, for whoever answers for them."""
