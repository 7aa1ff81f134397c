"""Reading transactions: what a search found, what one transaction did, what waits for a person.

``finding`` (lists), ``detail`` (one transaction) with ``waterfall``, ``mapping``, ``bodies`` and
``explanation``, ``dead_letters`` and ``replays``. Everything is read within what the person may see.
"""
