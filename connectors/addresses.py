"""Which IP addresses are public, and why the others are not.

``ipaddress``'s ``is_global`` is not enough: it says yes to NAT64, 6to4 and IPv4-compatible forms of
private addresses, to multicast and to a cloud's own control address. So this is a list of what is
refused for IPv4, and for IPv6 the one block that is handed out, less what is special inside it.

Sources: the IANA special-purpose registries for IPv4 and IPv6 (RFC 6890 and its successors), RFC
4291 (IPv6 addressing), RFC 5214 (ISATAP); the address of Azure's host agent from Microsoft's pages.
"""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

_SPECIAL_V4: tuple[tuple[IPv4Network, str], ...] = tuple(
    (IPv4Network(network), why)
    for network, why in (
        ("0.0.0.0/8", "this host"),
        ("10.0.0.0/8", "private"),
        ("100.64.0.0/10", "carrier-grade NAT"),
        ("127.0.0.0/8", "loopback"),
        ("168.63.129.16/32", "a cloud's control address"),
        ("169.254.0.0/16", "link-local, where clouds keep their metadata"),
        ("172.16.0.0/12", "private"),
        ("192.0.0.0/24", "reserved for protocols"),
        ("192.0.2.0/24", "documentation"),
        ("192.88.99.0/24", "6to4 relay"),
        ("192.168.0.0/16", "private"),
        ("198.18.0.0/15", "benchmarking"),
        ("198.51.100.0/24", "documentation"),
        ("203.0.113.0/24", "documentation"),
        ("224.0.0.0/4", "multicast"),
        ("240.0.0.0/4", "reserved"),
    )
)

#: The only block from which global unicast addresses are handed out (RFC 4291, IANA). Everything
#: outside it is refused: loopback, IPv4-mapped and -compatible, NAT64, unique-local, link-local …
_GLOBAL_V6 = IPv6Network("2000::/3")
_OUTSIDE_V6: tuple[tuple[IPv6Network, str], ...] = tuple(
    (IPv6Network(network), why)
    for network, why in (
        ("::/128", "this host"),
        ("::1/128", "loopback"),
        ("::ffff:0:0/96", "an IPv4 address in IPv6 form"),
        ("::/96", "an IPv4 address in IPv6 form"),
        ("64:ff9b::/96", "an IPv4 address behind NAT64"),
        ("64:ff9b:1::/48", "an IPv4 address behind NAT64"),
        ("fc00::/7", "private"),
        ("fe80::/10", "link-local"),
        ("ff00::/8", "multicast"),
    )
)
_SPECIAL_V6: tuple[tuple[IPv6Network, str], ...] = tuple(
    (IPv6Network(network), why)
    for network, why in (
        ("2001::/32", "an IPv4 address behind Teredo"),
        ("2001::/23", "reserved for protocols"),
        ("2001:db8::/32", "documentation"),
        ("2002::/16", "an IPv4 address behind 6to4"),
        ("3fff::/20", "documentation"),
    )
)
#: Interface identifiers of ISATAP, which carry an IPv4 address in their last 32 bits.
_ISATAP = (0x0000_5EFE, 0x0200_5EFE)


def why_special(address: Address) -> str:
    """Why ``address`` is not an ordinary public address, in a few words; "" when it is one."""
    if isinstance(address, IPv4Address):
        return _first(_SPECIAL_V4, address)
    if address.scope_id is not None:
        return "bound to one network card"
    if address not in _GLOBAL_V6:
        return _first(_OUTSIDE_V6, address) or "not handed out"
    return _first(_SPECIAL_V6, address) or _tunnelled(address)


def _first(networks: tuple[tuple[Network, str], ...], address: Address) -> str:
    return next((why for network, why in networks if address in network), "")


def _tunnelled(address: IPv6Address) -> str:
    """ISATAP puts an IPv4 address behind any prefix, so that one is judged too."""
    if (int(address) >> 32) & 0xFFFF_FFFF not in _ISATAP:
        return ""
    inner = why_special(IPv4Address(int(address) & 0xFFFF_FFFF))
    return f"{inner} behind ISATAP" if inner else ""
