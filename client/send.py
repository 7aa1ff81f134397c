"""``interlock send``: a test event, signed as its sender would sign it, through the public ingress."""

from __future__ import annotations

import json
import os
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote
from uuid import UUID, uuid4

from client.api import Api, Refused, exchange
from client.saying import complain, plain, say
from client.show import ENDED_WELL, tell
from connectors.messages import Request, Secret
from connectors.signatures import SCHEMES, SignatureError, sign

#: Seconds between two looks at what became of it, and how long that is looked at.
EVERY, PATIENCE = 1.0, 60


class Unusable(Exception):
    """What was typed cannot be sent."""


def options(parser: ArgumentParser) -> None:
    """What can be said."""
    parser.add_argument("endpoint", help="its name in the address: /in/<endpoint>")
    parser.add_argument("file", help="the body; - is standard input")
    parser.add_argument("--scheme", choices=sorted(SCHEMES), default="standard_webhooks", help="how it is signed")
    parser.add_argument("--secret-env", metavar="NAME", required=True, help="the variable that holds the signing key")
    parser.add_argument("--setting", action="append", default=[], metavar="NAME=VALUE", help="of the scheme")
    parser.add_argument("--header", action="append", default=[], metavar="NAME=VALUE", help="another header")
    parser.add_argument("--wait", action="store_true", help=f"until it has ended, for {PATIENCE} s")


def run(api: Api, asked: Namespace) -> int:
    """0 where it was accepted and, if waited for, ended well."""
    body = _body(asked.file)
    signed = _signed(api, asked, body)
    status, _, answer = exchange("POST", signed.url, signed.headers, body)
    say(f"{status} {plain(answer.decode('utf-8', 'replace'))}")
    identifier = _identifier(answer)
    if status not in {200, 202} or identifier is None:
        return 1
    return _waited(api, identifier) if asked.wait else 0


def _body(file: str) -> bytes:
    try:
        return sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
    except OSError as error:
        raise Unusable(f"{file} cannot be read: {error.strerror}.") from None


def _signed(api: Api, asked: Namespace, body: bytes) -> Request:
    key = os.environ.get(asked.secret_env, "")
    if not key:
        raise Unusable(f"The variable {asked.secret_env} is empty. It has to hold the key that proves the sender.")
    url = f"{api.base}/in/{quote(asked.endpoint, safe='')}"
    headers = {"content-type": "application/json", "user-agent": "interlock-client"}
    if asked.scheme == "standard_webhooks":
        headers["webhook-id"] = f"msg_{uuid4()}"
    headers |= {name.lower(): value for name, value in _pairs(asked.header)}
    request = Request("POST", url, headers, body)
    try:
        return sign(asked.scheme, request, Secret(key), _settings(asked.setting), datetime.now(UTC))
    except SignatureError as error:
        raise Unusable(f"It cannot be signed by {asked.scheme}: {error.reason}.") from None


def _settings(given: list[str]) -> Mapping[str, Any]:
    return dict(_pairs(given))


def _pairs(given: list[str]) -> list[tuple[str, str]]:
    pairs = [one.partition("=") for one in given]
    if any(not name or not equals for name, equals, _ in pairs):
        raise Unusable("Settings and headers are written NAME=VALUE.")
    return [(name, value) for name, _, value in pairs]


def _identifier(answer: bytes) -> str | None:
    """The id that the sender is told."""
    try:
        return str(UUID(json.loads(answer)["id"]))
    except (ValueError, KeyError, TypeError):
        return None


def _waited(api: Api, identifier: str) -> int:
    for _ in range(int(PATIENCE / EVERY)):
        try:
            one = api.get(f"transactions/{identifier}")
        except Refused as error:
            if error.status != 404:  # noqa: PLR2004 - not there yet
                raise
        else:
            if one["settled"]:
                tell(one)
                return int(one["state"] not in ENDED_WELL)
        api.pause(EVERY)
    complain(f"it has not ended within {PATIENCE} s; look with: interlock show {identifier}")
    return 1
