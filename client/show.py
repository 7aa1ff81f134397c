"""``interlock show``: one transaction, its steps and their tries."""

from __future__ import annotations

import json
from argparse import ArgumentParser, Namespace
from collections.abc import Mapping
from typing import Any

from client.api import Api
from client.saying import moment, plain, say, seconds, table

ENDED_WELL = frozenset({"succeeded", "ignored"})


def options(parser: ArgumentParser) -> None:
    """What can be said."""
    parser.add_argument("id", help="of the transaction, as its sender was told or a list shows it")
    parser.add_argument("--bodies", action="store_true", help="what came in, too")
    parser.add_argument("--json", action="store_true", help="JSON, as the API has it")


def run(api: Api, asked: Namespace) -> int:
    """0 where it ended well or is under way, 1 where not."""
    one = api.get(f"transactions/{asked.id}")
    bodies = api.get(f"transactions/{asked.id}/bodies") if asked.bodies else None
    if asked.json:
        say(json.dumps(one | ({"bodies": bodies} if bodies else {}), ensure_ascii=True))
    else:
        tell(one)
        if bodies is not None:
            _tell_body(bodies)
    return int(one["settled"] and one["state"] not in ENDED_WELL)


def tell(one: Mapping[str, Any]) -> None:
    """In words."""
    say(f"{one['state']}: {plain(one['headline'])}")
    if one["advice"]:
        say(plain(one["advice"]))
    integration = one["integration"] or {"name": "no integration"}
    facts = [
        ("id", one["id"]),
        ("integration", integration["name"]),
        ("flow", one["flow"] or "none"),
        ("event", f"{one['event_type']} {one['external_id']}".strip()),
        ("received", f"{one['received_at']} ({seconds(one['seconds'])})"),
        *((key["kind"], key["value"]) for key in one["keys"]),
    ]
    table([(name, value) for name, value in facts])
    for step in one["steps"]["steps"]:
        optional = "" if step["required"] else " (optional)"
        say(f"  {step['state']:<11} {plain(step['title'])}{optional} {plain(step['reason'])}".rstrip())
        for each in step["tries"]:
            status = f" {each['status']}" if each["status"] else ""
            words = f"{each['outcome']}{status} {plain(each['detail'])}".rstrip()
            say(f"    try {each['number']} at {moment(each['at'])}, {seconds(each['seconds'])}: {words}")
    left = one["steps"]["total"] - len(one["steps"]["steps"])
    if left > 0:
        say(f"  and {left} more steps")


def _tell_body(bodies: Mapping[str, Any]) -> None:
    received = bodies["received"]
    say(plain(bodies["note"]) or "received:")
    say(json.dumps(received["document"], indent=2, ensure_ascii=True) if received["there"] else plain(received["why"]))
