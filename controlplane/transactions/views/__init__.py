"""Pages of transactions: search, one transaction, dead letters, replays."""
