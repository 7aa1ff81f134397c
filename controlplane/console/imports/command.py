"""``manage.py estate import``: its words, and what it writes."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from django.core.management.base import CommandError

from controlplane.audit.models import Actor, Via
from controlplane.console.estate.problems import Refused
from controlplane.console.imports import importing
from controlplane.console.imports.formats import FORMATS, understand
from controlplane.console.imports.importing import Asked
from controlplane.console.imports.plan import Options, Plan, lines, told
from controlplane.console.imports.schemas import Wanted
from controlplane.foundation.errors import Problem
from controlplane.inventory.environments import PRODUCTION

NOTHING: Final = "Nothing was changed."


def add_arguments(parser: ArgumentParser) -> None:
    """What is imported, and where it belongs."""
    parser.add_argument("format", choices=list(FORMATS), help="what the document is")
    parser.add_argument("file", type=Path)
    parser.add_argument(
        "--instance", metavar="SLUG", default="", help="whose interface it describes (not for backstage)"
    )
    parser.add_argument("--interface", metavar="SLUG", default="", help="which one, if not that of its title")
    parser.add_argument("--team", metavar="SLUG", default="", help="who owns the contracts")
    parser.add_argument(
        "--contract",
        metavar="NAME",
        action="append",
        default=[],
        help="a schema that becomes a contract; may be repeated",
    )
    parser.add_argument("--contracts", action="store_true", help="all schemas that bodies of operations name")
    parser.add_argument(
        "--environment", metavar="SLUG", default=PRODUCTION, help="for backstage: where its systems answer"
    )
    parser.add_argument("--dry-run", action="store_true", help="say what would be done, change nothing")
    parser.add_argument("--json", action="store_true", help="for programs")


def run(options: dict[str, Any], actor: Actor, write: Callable[[str], object]) -> None:
    """Say what it does; :class:`CommandError` where it cannot be done, with all that is wrong."""
    try:
        plan = _done(options, actor)
    except Problem as error:
        if options["json"]:
            problems = error.problems if isinstance(error, Refused) else [error.detail]
            write(json.dumps({"problems": problems}, ensure_ascii=False, indent=2))
        raise CommandError(f"{error.detail}\n{NOTHING}") from error
    for line in [as_json(plan)] if options["json"] else lines(plan):
        write(line)
    if options["dry_run"] and not options["json"]:
        write(f"Dry run: {NOTHING[:1].lower()}{NOTHING[1:]}")


def as_json(plan: Plan) -> str:
    """A plan for programs."""
    changes = [
        {"entry": line.where, "change": line.how, "title": line.title, "fields": dict(told(line))}
        for line in plan.lines
    ]
    said = {"changes": changes, **plan.counts, "notes": list(plan.document.notes)}
    return json.dumps(said, ensure_ascii=False, indent=2)


def _done(options: dict[str, Any], actor: Actor) -> Plan:
    path: Path = options["file"]
    wanted = Wanted(tuple(options["contract"]), used=options["contracts"])
    document = understand(options["format"], _content(path), str(path), wanted)
    where = Options(options["instance"], options["interface"], options["team"])
    asked = Asked(document, path.name, where, options["environment"], actor, Via.COMMAND)
    return importing.plan_of(asked) if options["dry_run"] else importing.do(asked)


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise Refused([f"{path} cannot be read: {error}."]) from error
