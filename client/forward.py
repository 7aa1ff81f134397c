"""``interlock forward``: what an endpoint receives, posted to a program on this machine as well.

For trying a receiver out on real events. Bodies come as this token may see them: without the right to personal values
they are masked. They are signed by nobody, and go to loopback addresses only: payloads leave no machine this way.
"""

from __future__ import annotations

import ipaddress
import json
from argparse import ArgumentParser, Namespace
from urllib.parse import urlsplit

from client.api import Api, Refused, exchange
from client.following import EVERY, Following, Row
from client.saying import complain, plain, say
from client.send import Unusable


def options(parser: ArgumentParser) -> None:
    """What can be said."""
    parser.add_argument("to", help="an address on this machine: http://127.0.0.1:9000/hook")
    parser.add_argument(
        "query", nargs="*", help="of which transactions: integration:order-to-invoice type:order.confirmed"
    )


def run(api: Api, asked: Namespace) -> int:
    """Until interrupted: each transaction once, from now on."""
    _check(asked.to)
    following, sent = Following(api, " ".join(asked.query)), set[str]()
    sent |= {one["id"] for one in following.begin(50)}
    complain(f"forwarding to {asked.to} from now on; interrupt to end")
    while True:
        api.pause(EVERY)
        for one in following.look():
            if one["id"] not in sent:
                sent.add(one["id"])
                _forward(api, one, asked.to)


def _check(to: str) -> None:
    parts = urlsplit(to)
    host = parts.hostname or ""
    try:
        here = host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        here = False
    if parts.scheme != "http" or not here:
        raise Unusable(
            f"{to} is no address on this machine. Bodies are forwarded to http://127.0.0.1 or localhost only."
        )


def _forward(api: Api, one: Row, to: str) -> None:
    try:
        received = api.get(f"transactions/{one['id']}/bodies")["received"]
        if not received["there"]:
            say(one["id"], plain(received["why"]))
            return
        body = json.dumps(received["document"]).encode()
        headers = {"Content-Type": "application/json", "Interlock-Transaction": one["id"]}
        status, _, _ = exchange("POST", to, headers, body)
    except Refused as error:
        complain(f"{one['id']}: {error}")
    else:
        say(str(status), one["id"], plain(one["event_type"]), plain(one["key"]))
