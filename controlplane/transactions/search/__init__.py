"""Searching transactions: a grammar, a plan, and honest results.

``grammar`` reads what a person typed (pure), ``moments`` resolves times (pure), ``plan`` turns it into
SQL within what the person may see, and ``run`` asks the database within a time limit.
"""
