"""``interlock replay``: dead steps again, after a dry run and with a reason."""

from __future__ import annotations

import sys
import uuid
from argparse import ArgumentParser, Namespace
from collections.abc import Mapping
from typing import Any

from client.api import Api
from client.saying import complain, plain, say, table

#: Seconds between two looks at how far it is.
EVERY = 1.0
UNDER_WAY = frozenset({"planned", "running"})


def options(parser: ArgumentParser) -> None:
    """What can be said."""
    parser.add_argument("id", nargs="*", help="transactions, whose dead steps are repeated")
    parser.add_argument("--cause", action="append", default=[], help="a cause, with all its open dead letters")
    parser.add_argument("--reason", required=True, help="kept in the record")
    parser.add_argument("--yes", action="store_true", help="do not ask after the dry run")


def run(api: Api, asked: Namespace) -> int:
    """0 where all of it arrived, or waits for a second person to agree."""
    chosen = {"transactions": asked.id, "causes": asked.cause}
    plan = api.post("replays/plan", chosen)
    _tell_plan(plan)
    if not plan["allowed"]:
        complain("nothing of it can be sent; nothing was changed")
        return 1
    if not asked.yes and not _agreed(plan["allowed"]):
        complain("nothing was changed")
        return 1
    seen = [{name: item[name] for name in ("step_run_id", "attempts", "revision")} for item in plan["items"]]
    replay = api.post("replays", {**chosen, "reason": asked.reason, "seen": seen}, key=str(uuid.uuid4()))
    return _followed(api, replay)


def _tell_plan(plan: Mapping[str, Any]) -> None:
    table([(f"{one['count']:,}", one["title"], one["destination"], one["meaning"]) for one in plan["targets"]])
    for one in plan["reasons"]:
        say(f"left out: {one['count']:,}, {plain(one['reason'])}")
    if plan["approval"]:
        say(plain(plan["approval"]))


def _agreed(count: int) -> bool:
    if not sys.stdin.isatty():
        complain("say --yes where nobody can be asked")
        return False
    sys.stdout.write(f"Replay {count:,}? [y/N] ")
    sys.stdout.flush()
    return sys.stdin.readline().strip().lower() in {"y", "yes"}


def _followed(api: Api, replay: Mapping[str, Any]) -> int:
    told = ""
    while True:
        state, progress = replay["state"], replay["progress"]
        parts = ", ".join(f"{progress[name]:,} {name.replace('_', ' ')}" for name in progress if name != "total")
        words = f"replay {replay['id']}: {state}; {parts} of {progress['total']:,}"
        if words != told:
            say(words)
            told = words
        if state == "planned" and replay["needs_approval"]:
            complain("it waits for a second person to agree")
            return 0
        if state not in UNDER_WAY:
            return int(state != "done" or progress["failed"] > 0)
        api.pause(EVERY)
        replay = api.get(f"replays/{replay['id']}")
