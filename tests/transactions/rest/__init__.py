"""The API of transactions, over HTTP."""
