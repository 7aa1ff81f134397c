"""Canonical records: found by any id, with what every system calls them, merged and split."""
