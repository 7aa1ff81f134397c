"""Installs every peer and makes what takes long to make: ``python -m tests.peers.prepare``, once, about a minute.

The fixtures do it too when it was not done, but then the first test waits for it, against its own time limit.
"""

from __future__ import annotations

import sys
import time

from tests.peers import documents
from tests.peers.rig import Localstripe, Openbao, Peer, Pgbouncer, Tryton

PEERS: tuple[type[Peer], ...] = (Localstripe, Openbao, Pgbouncer, Tryton)


def main() -> None:
    """Start each once, and say how long it took."""
    for kind in PEERS:
        begun = time.monotonic()
        with kind():
            sys.stdout.write(f"{kind.name} runs ({time.monotonic() - begun:.1f} s)\n")
    for published in documents.ALL:
        documents.fetched(published)
        sys.stdout.write(f"{published.package} is here\n")


if __name__ == "__main__":
    main()
