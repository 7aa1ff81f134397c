"""``/welcome/``: from a signed event of one of your systems to a webhook of yours, by hand and in a few minutes."""
