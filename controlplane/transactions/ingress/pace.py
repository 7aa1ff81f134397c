"""How fast senders may send: a budget for each endpoint, and one for each address that knocks at it.

Kept in the memory of each process, so that it costs no round trip; several processes let in several times as
much. An address pays when it knocks, whether it is believed or not. An endpoint's budget is paid only by what is
believed, or strangers could use up what is its sender's.
"""

from __future__ import annotations

import ipaddress
import math
import time
from collections import OrderedDict
from collections.abc import Hashable, Sequence
from functools import lru_cache

from django.conf import settings

from controlplane.transactions.ingress.wire import Scope, peer_of

#: Whoever was silent for that long may send as much as that allows at once.
BURST_SECONDS = 5.0
#: Addresses that are remembered. One that is forgotten begins with a full budget.
MAX_KEYS = 20_000
#: An IPv6 customer is given a network of this size, and with it any number of addresses.
_IPV6_CUSTOMER = 64


class Pace:
    """Budgets by key: a token bucket each, kept as the moment at which it will be full again."""

    def __init__(self) -> None:
        self._full_at: OrderedDict[Hashable, float] = OrderedDict()

    def wait(self, key: Hashable, rate: float) -> float:
        """Pay for one request out of a budget of ``rate`` a second; gives 0, or in how many seconds to come back."""
        if rate == math.inf:
            return 0.0
        now, step = time.monotonic(), 1 / rate
        full_at = max(now, self._full_at.get(key, now))
        excess = full_at - now - (max(BURST_SECONDS, step) - step)
        if excess > 0:
            return excess
        self._full_at[key] = full_at + step
        self._full_at.move_to_end(key)
        if len(self._full_at) > MAX_KEYS:
            self._full_at.popitem(last=False)
        return 0.0


def address_of(scope: Scope) -> str:
    """Who knocks: the connection's address, or behind a proxy of the operator's the one that the proxy names.

    The last one of ``X-Forwarded-For`` that is no such proxy: those before it are what anybody may have written.
    """
    peer = peer_of(scope)
    if (proxies := settings.TRUSTED_PROXIES) and _trusted(peer, tuple(proxies)):
        named = [value for name, value in scope["headers"] if name == b"x-forwarded-for"]
        for one in reversed(b",".join(named).decode("latin-1").split(",")):
            if (found := one.strip()) and not _trusted(found, tuple(proxies)):
                return _customer(found)
    return _customer(peer)


@lru_cache(maxsize=4096)
def _customer(address: str) -> str:
    """The address, or the network that one IPv6 customer has; "" for what is none."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return ""
    if isinstance(parsed, ipaddress.IPv4Address):
        return address
    if parsed.ipv4_mapped is not None:
        return str(parsed.ipv4_mapped)
    return str(ipaddress.IPv6Network((int(parsed), _IPV6_CUSTOMER), strict=False))


@lru_cache(maxsize=4096)
def _trusted(address: str, networks: Sequence[str]) -> bool:
    try:
        parsed = ipaddress.ip_address(address)
        return any(parsed in ipaddress.ip_network(network, strict=False) for network in networks)
    except ValueError:
        return False
