"""The peers, for tests and for scripts: ``with Tryton() as erp, Localstripe() as billing: …``."""

from __future__ import annotations

from tests.peers.installing import PeerUnavailableError
from tests.peers.localstripe import Localstripe, PaidInvoice
from tests.peers.openbao import Openbao
from tests.peers.peer import Peer
from tests.peers.pgbouncer import Pgbouncer
from tests.peers.tryton import Tryton, TrytonError

__all__ = [
    "Localstripe",
    "Openbao",
    "PaidInvoice",
    "Peer",
    "PeerUnavailableError",
    "Pgbouncer",
    "Tryton",
    "TrytonError",
]
