"""``manage.py estate plan|apply|export|schema|import``: the estate as a document, and from those of others."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from django.core.management.base import BaseCommand, CommandError

from controlplane.audit.models import Actor
from controlplane.console.estate import export, judging, plan, reading
from controlplane.console.estate.apply import apply, planned
from controlplane.console.estate.narrowing import Document, narrowed
from controlplane.console.estate.problems import Refused
from controlplane.console.estate.schema import schema
from controlplane.console.imports import command
from controlplane.foundation.errors import Problem

#: What ``plan`` ends with when applying would change something; 1 are mistakes, 0 is nothing to do.
WOULD_CHANGE: Final = 2
ACTOR: Final = Actor(label="command line")


class Command(BaseCommand):
    """Apply an estate document, say what it would do, or write one."""

    help = "The estate as a document (YAML): systems, endpoints, contracts, flows, jobs. See docs/estate.md."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """A verb, and what it is about."""
        verbs = parser.add_subparsers(dest="verb", required=True)
        planning = verbs.add_parser(
            "plan",
            help="show what applying a document would change; ends with 0 when nothing would, with 2 when something "
            "would, with 1 when there are mistakes in it",
        )
        planning.add_argument("file", type=Path)
        planning.add_argument("--json", action="store_true", help="for programs, with whole values")
        applying = verbs.add_parser("apply", help="apply all of a document, or nothing when there are mistakes in it")
        applying.add_argument("file", type=Path)
        applying.add_argument("--dry-run", action="store_true", help="say what would be done, change nothing")
        applying.add_argument("--reason", default="", help="why, as it will stand in the history of every field")
        verbs.add_parser("schema", help="print the JSON Schema of the format, by which editors complete and check it")
        exporting = verbs.add_parser("export", help="write everything that there is as a document, without secrets")
        exporting.add_argument(
            "--environment", metavar="SLUG", default="", help="only this one, with what it stands on"
        )

        importing = verbs.add_parser("import", help="read a document of others into it; see docs/imports.md")
        command.add_arguments(importing)

    def handle(self, *_args: Any, **options: Any) -> None:
        """Do what the verb says."""
        if options["verb"] == "import":
            command.run(options, ACTOR, self.stdout.write)
        else:
            getattr(self, options["verb"])(options)

    def plan(self, options: dict[str, Any]) -> None:
        """Show what applying would do."""
        try:
            applied = planned(reading.read(options["file"]))
        except Problem as error:
            if options["json"]:
                problems = error.problems if isinstance(error, Refused) else [error.detail]
                self.stdout.write(json.dumps({"problems": problems}, ensure_ascii=False, indent=2))
            raise CommandError(f"{error.detail}\nNothing was changed.") from error
        for line in [plan.as_json(applied)] if options["json"] else plan.lines(applied):
            self.stdout.write(line)
        if not plan.is_empty(applied):
            self._judge(options)
            raise SystemExit(WOULD_CHANGE)

    def _judge(self, options: dict[str, Any]) -> None:
        """What policies will say; a document that one of them blocks is told so before it is applied."""
        document = reading.read(options["file"])
        if not judging.has_policies(document):
            return
        try:
            foreseen = apply(document, actor=ACTOR, dry_run=True)
        except Problem as error:
            raise CommandError(f"{error.detail}\nNothing was changed.") from error
        for line in () if options["json"] else judging.lines(foreseen.findings):
            self.stdout.write(line)

    def apply(self, options: dict[str, Any]) -> None:
        """Apply all of it or nothing."""
        try:
            document, reason = reading.read(options["file"]), options["reason"]
            applied = apply(document, actor=ACTOR, reason=reason, dry_run=options["dry_run"])
        except Problem as error:
            raise CommandError(f"{error.detail}\nNothing was changed.") from error
        for where in applied.created:
            self.stdout.write(f"+ {where}")
        for where in applied.changed:
            self.stdout.write(f"~ {where}")
        for words in applied.flagged:
            self.stdout.write(f"! {words}")
        for line in judging.lines(applied.findings):
            self.stdout.write(line)
        done = f"{len(applied.created)} created, {len(applied.changed)} changed, {len(applied.same)} as they were"
        self.stdout.write(f"Dry run, nothing was changed: {done}" if options["dry_run"] else done)

    def schema(self, _options: dict[str, Any]) -> None:
        """Print the format."""
        self.stdout.write(json.dumps(schema(), ensure_ascii=False, indent=2))

    def export(self, options: dict[str, Any]) -> None:
        """Write what there is; what a document does not say of it goes to the other output."""
        exported = export.export()
        document, others = exported.document, list[str]()
        if environment := options["environment"]:
            if environment not in document["environments"]:
                there_are = ", ".join(document["environments"])
                raise CommandError(f"There is no environment {environment!r}; there are: {there_are}.")
            document, others = narrowed(document, environment)
        kept = {f"{section}.{slug}" for section, entries in document.items() for slug in entries}
        unsaid = [words for where, words in exported.unsaid if not where or where in kept]
        for words in (*unsaid, *others, *_doubts(document)):
            self.stderr.write(words)
        self.stdout.write(export.as_yaml(document), ending="")


def _doubts(document: Document) -> Iterator[str]:
    """What applying an exported document here would not leave as it is."""
    try:
        applied = planned(document)
    except Refused as error:
        yield from (f"This cannot be applied as it is written. {problem}" for problem in error.problems)
        return
    if not plan.is_empty(applied):
        yield "This is not said as it is; applying the document would change:"
        yield from plan.lines(applied)
