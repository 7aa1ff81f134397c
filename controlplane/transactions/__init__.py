"""Transactions: what comes in, what follows from it, and how it is found, repaired and replayed."""
