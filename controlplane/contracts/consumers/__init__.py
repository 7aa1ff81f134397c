"""Who consumes a contract: as they say themselves, as the traffic shows, and what they say to a change of it."""
