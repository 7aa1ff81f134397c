"""What traffic shows and the inventory does not know."""
