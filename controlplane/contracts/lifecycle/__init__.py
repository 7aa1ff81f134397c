"""How a version comes to be: proposed, judged, decided by a board, published, and taken up by what works by it."""
