"""Transactions, dead letters, replays and destinations for programs: the pages' selectors and verbs, as JSON."""
