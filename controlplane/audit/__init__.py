"""Who did what, when, to what and why: append-only, and chained by hashes so that a change shows."""
