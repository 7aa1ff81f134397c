"""Pages of transactions, tested over HTTP."""
