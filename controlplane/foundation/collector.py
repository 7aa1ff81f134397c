"""Python's garbage collector in a process that is done with starting.

What was imported stays for good: a hundred thousand objects that every full collection would walk through, for
tens of milliseconds in which nobody is answered. They are put aside once; and young objects, most of which are
freed without the collector, are looked at less often.
"""

from __future__ import annotations

import gc

#: Objects made before the youngest are looked at; Python's own is 700.
YOUNG = 20_000


def settle() -> None:
    """Call when a server or a worker has started, before it takes work."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG)
