"""``interlock tail``: transactions as they come and change."""

from __future__ import annotations

import json
from argparse import ArgumentParser, Namespace

from client.api import Api
from client.following import EVERY, Following
from client.saying import complain, row, say


def options(parser: ArgumentParser) -> None:
    """What can be said."""
    parser.add_argument("query", nargs="*", help="as on the page: system:odoo status:failed; nothing means everything")
    parser.add_argument("-n", type=int, default=10, metavar="ROWS", help="of those that are there already (10)")
    parser.add_argument("--json", action="store_true", help="a JSON object a line, as the API has it")
    parser.add_argument("--once", action="store_true", help="do not follow")


def run(api: Api, asked: Namespace) -> int:
    """Until interrupted, unless it is for once."""
    following = Following(api, " ".join(asked.query))
    rows = following.begin(max(0, asked.n))
    while True:
        for one in rows:
            say(json.dumps(one, ensure_ascii=True) if asked.json else row(one))
        if asked.once:
            return 0
        api.pause(EVERY)
        rows = following.look()
        if following.missed:
            complain("more came than can be shown; narrow the search")
