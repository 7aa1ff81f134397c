"""What follows from what differs in an entry; pure, one section a file, every rule with a stable id."""
