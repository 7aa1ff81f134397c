"""Where the control plane may connect to (invariant 6): forms of address, ports and networks.

Two checks, and the second is the one that counts. :meth:`Guard.check_url` refuses every form of URL
that two programs could read differently, before anything is sent. :meth:`Guard.check_address` is
asked again for the very address of every connection, after the name was resolved: a name that
answers with a public address first and a private one later is refused at that moment.

Refused always, whatever the operator allows: user names in the URL, anything but http and https,
hosts in other than plain ASCII, trailing dots, percent signs, zone ids, and the old spellings of
IPv4 (``2130706433``, ``0x7f.1``, ``127.1``, ``017700000001``). Write ``127.0.0.1`` to mean it.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from yarl import URL

from connectors.addresses import Address, Network, why_special
from connectors.errors import Refused

LONGEST_URL = 8192
LONGEST_HOST = 253
HIGHEST_PORT = 65535

#: Ports of other protocols, to which a request could be a command. The Fetch standard's "bad
#: ports" (https://fetch.spec.whatwg.org/#port-blocking), then databases, brokers and caches.
# fmt: off
BLOCKED_PORTS: frozenset[int] = frozenset({
    1, 7, 9, 11, 13, 15, 17, 19, 20, 21, 22, 23, 25, 37, 42, 43, 53, 69, 77, 79, 87, 95, 101, 102, 103, 104, 109, 110,
    111, 113, 115, 117, 119, 123, 135, 137, 139, 143, 161, 179, 389, 427, 465, 512, 513, 514, 515, 526, 530, 531, 532,
    540, 548, 554, 556, 563, 587, 601, 636, 989, 990, 993, 995, 1719, 1720, 1723, 2049, 3659, 4045, 4190, 5060, 5061,
    6000, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697, 10080,
    1433, 1521, 2181, 3306, 4222, 5432, 5672, 6379, 9042, 9092, 11211, 27017,
})
# fmt: on

_AMBIGUOUS = re.compile(r"[\x00-\x20\x7f\\]")
_URL = re.compile(r"(?P<scheme>https?)://(?P<authority>[^/?#]*)", re.IGNORECASE | re.ASCII)
_AUTHORITY = re.compile(
    r"(?:\[(?P<six>[0-9a-f:.]+)\]|(?P<name>[a-z0-9._-]+))(?::(?P<port>[1-9][0-9]{0,4}))?", re.IGNORECASE | re.ASCII
)
_LABEL = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)", re.IGNORECASE | re.ASCII)
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*", re.IGNORECASE | re.ASCII)


@dataclass(frozen=True, slots=True)
class _Place:
    """A URL that can be read in one way only, and the host in it."""

    url: URL
    host: str
    port: int
    address: Address | None


@dataclass(frozen=True, slots=True)
class Service:
    """A host and port of another protocol than HTTP, read in one way only; ``path`` begins with a slash or is empty."""

    scheme: str
    host: str
    port: int
    path: str = ""


class Guard:
    """The operator's rules for outgoing connections.

    ``allowed_networks`` are the networks besides the public ones that may be reached
    (``10.1.0.0/16``); a forbidden special address stays forbidden unless one of them holds it, in its
    own family. ``allowed_ports`` replaces "any port but those of other protocols" by a short list.
    Raises ``ValueError`` for a network that is none.
    """

    def __init__(
        self,
        allowed_networks: Sequence[str] = (),
        *,
        allowed_ports: Collection[int] | None = None,
        https_only: bool = False,
    ) -> None:
        self._networks: tuple[Network, ...] = tuple(ipaddress.ip_network(network) for network in allowed_networks)
        self._ports = None if allowed_ports is None else frozenset(allowed_ports)
        self._https_only = https_only

    def check_url(self, url: str | URL) -> URL:
        """The URL, parsed, when its form, scheme, port and literal address are allowed."""
        place = _read(str(url))
        if self._https_only and place.url.scheme != "https":
            raise Refused(f"{place.host} would be reached without encryption; only https is allowed")
        self._check_port(place.port)
        if place.address is not None:
            self._check_network(place.address)
        elif place.host == "localhost" or place.host.endswith(".localhost"):
            self._check_localhost()
        return place.url

    def check_address(self, address: str, port: int) -> None:
        """Raise ``Refused`` unless a connection to this address and port is allowed."""
        try:
            parsed = ipaddress.ip_address(address)
        except ValueError:
            raise Refused(f"{address[:60]!r} is not an IP address") from None
        self._check_network(parsed)
        self._check_port(port)

    def check_service(self, url: str, ports: Mapping[str, int]) -> Service:
        """The host and port in a URL of another protocol (``amqps://broker.example``), when it is allowed.

        ``ports`` are that protocol's schemes and their usual ports. The form of the URL is judged as strictly as
        that of a web address; a query or a fragment is refused, because nothing here would read it.
        """
        scheme, found, rest = url.partition("://")
        if not found or scheme.lower() not in ports:
            raise Refused(f"the address must start with {' or '.join(f'{name}://' for name in ports)}")
        place = _read(f"https://{rest}")
        if place.url.raw_query_string or place.url.raw_fragment:
            raise Refused("the address has a query or a fragment, which this protocol has no use for")
        port = place.url.explicit_port or ports[scheme.lower()]
        self._check_service_port(port, ports.values())
        if place.address is not None:
            self._check_network(place.address)
        elif place.host == "localhost" or place.host.endswith(".localhost"):
            self._check_localhost()
        return Service(scheme.lower(), place.host, port, place.url.raw_path.rstrip("/"))

    def check_service_address(self, address: str, port: int, usual: Collection[int]) -> None:
        """The same as ``check_address`` for a protocol whose ``usual`` ports are its own, whatever HTTP may not use."""
        try:
            parsed = ipaddress.ip_address(address)
        except ValueError:
            raise Refused(f"{address[:60]!r} is not an IP address") from None
        self._check_network(parsed)
        self._check_service_port(port, usual)

    def _check_service_port(self, port: int, usual: Collection[int]) -> None:
        if port not in usual:
            self._check_port(port)

    def _check_network(self, address: Address) -> None:
        if any(address in network for network in self._networks):
            return
        if why := why_special(address):
            raise Refused(
                f"{address} is not a public address ({why}); the operator can allow its network "
                "in INTERLOCK_PRIVATE_NETWORKS",
            )

    def _check_localhost(self) -> None:
        # RFC 6761: the name is always loopback, so it needs no resolver to be refused.
        loopback = (ipaddress.IPv4Address("127.0.0.1"), ipaddress.IPv6Address("::1"))
        if not any(address in network for address in loopback for network in self._networks):
            raise Refused("localhost is this machine itself, which is not a public address")

    def _check_port(self, port: int) -> None:
        if port in self._ports if self._ports is not None else 0 < port <= HIGHEST_PORT and port not in BLOCKED_PORTS:
            return
        raise Refused(f"port {port} is not one that web services use")


@lru_cache(maxsize=4096)
def _read(raw: str) -> _Place:
    """Read ``raw`` strictly, then make sure that the HTTP client's parser reads the same host."""
    if len(raw) > LONGEST_URL:
        raise Refused(f"the URL is longer than {LONGEST_URL} characters")
    if _AMBIGUOUS.search(raw):
        raise Refused("the URL has a space, control character or backslash in it")
    if not (match := _URL.match(raw)):
        raise Refused("the URL does not start with http:// or https:// and a host")
    host, port = _host_and_port(match["authority"])
    address = _literal(host)
    place = _Place(_parsed(raw), host.lower(), port or (443 if match["scheme"].lower() == "https" else 80), address)
    _check_same(place)
    return place


def _host_and_port(authority: str) -> tuple[str, int | None]:
    if "@" in authority:
        raise Refused("the URL has a user name in it; credentials are given apart, by reference")
    if not authority.isascii():
        raise Refused("the host is not plain ASCII; write an international name in its xn-- form")
    if not (match := _AUTHORITY.fullmatch(authority)):
        raise Refused("the URL has no host, or its host or port cannot be read in one way only")
    return match["six"] or match["name"], int(match["port"]) if match["port"] else None


def _literal(host: str) -> Address | None:
    """The address when the host is one; ``None`` for a name. Raises ``Refused`` for what is neither."""
    if ":" in host:
        return _address(ipaddress.IPv6Address, host)
    labels = host.split(".")
    if _NUMBER.fullmatch(labels[-1]):
        return _address(ipaddress.IPv4Address, host)
    if len(host) > LONGEST_HOST or not all(_LABEL.fullmatch(label) for label in labels):
        raise Refused("the host is not a name that the domain name system could have")
    return None


def _address(family: type[Address], host: str) -> Address:
    try:
        return family(host)
    except ValueError:
        raise Refused("the host is neither a name nor an address in its usual form") from None


def _parsed(raw: str) -> URL:
    try:
        return URL(raw)
    except ValueError:
        raise Refused("the URL cannot be read") from None


def _check_same(place: _Place) -> None:
    """No difference between our reading and the client's may be left for an attacker to use."""
    theirs = (place.url.raw_host or "").lower()
    same = ipaddress.ip_address(theirs) == place.address if place.address and theirs else theirs == place.host
    if not same or place.url.port != place.port or place.url.user or place.url.password:
        raise Refused("the URL's host can be read in more than one way")
