"""What of the traffic concerns one person, for the page “For you”: one file a kind."""
