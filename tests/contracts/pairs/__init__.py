"""Old and new documents with what has to be found, thought out by hand from the specifications."""
