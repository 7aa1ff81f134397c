"""What follows from what: pure, without database, clock or network."""
