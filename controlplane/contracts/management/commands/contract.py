"""``manage.py contract check|list|show``: whether a document keeps what others rely on, and what is agreed."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError

from controlplane.contracts import saying, selectors
from controlplane.contracts.checking import check, check_files
from controlplane.contracts.comparison import Report, compare
from controlplane.contracts.documents import MOST_BYTES, check_document, format_of, read_document
from controlplane.contracts.models import Compatibility
from controlplane.foundation.documents.reading import Source, Unreadable
from controlplane.foundation.errors import Problem, Unavailable

#: What ``check`` ends with: the promise is broken; something cannot be read or found.
BROKEN: Final = 1
UNREAD: Final = 2


class Command(BaseCommand):
    """Contracts, from the command line and from pipelines. ``check --against FILE`` needs no database."""

    help = "Contracts: check a document, list them, show one. See docs/contracts.md."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """A verb, and what it is about."""
        verbs = parser.add_subparsers(dest="verb", required=True)
        checking = verbs.add_parser(
            "check",
            help="say what a document would break; ends with 0 when it keeps the mode, with 1 when it breaks it, with "
            "2 when something cannot be read or found",
        )
        checking.add_argument("file", metavar="FILE", help="the new document, JSON or YAML")
        before = checking.add_mutually_exclusive_group()
        before.add_argument("--against", metavar="FILE", default="", help="the old document; without a database")
        before.add_argument("--contract", metavar="SLUG", default="", help="what this contract has published")
        checking.add_argument(
            "--mode",
            choices=Compatibility.values,
            default="",
            help="who must not be broken; left out: what the contract promises, and for two files full",
        )
        checking.add_argument("--format", choices=["text", "json", "github"], default="text", help="how to say it")
        verbs.add_parser("list", help="every contract").add_argument("--json", action="store_true")
        showing = verbs.add_parser("show", help="the document of a contract, as JSON")
        showing.add_argument("slug", metavar="SLUG")
        showing.add_argument("--version", dest="number", type=int, metavar="N", help="left out: the newest published")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Do what the verb says."""
        try:
            getattr(self, f"_{options['verb']}")(options)
        except Problem as problem:
            self._refuse(options, problem)
        except OperationalError as error:
            self._refuse(options, Unavailable(f"The database cannot be reached, so nothing was compared: {error}"))

    def _check(self, options: dict[str, Any]) -> None:
        """Say what would follow, and end with 1 where a promise is broken."""
        source = _read(options["file"])
        report = _report(source, options)
        if options["format"] == "json":
            self._say([json.dumps({"file": source.file} | report.as_json(), ensure_ascii=False, indent=2)])
        elif options["format"] == "github":
            self._say(saying.as_annotations(report, source))
        else:
            self._say(saying.in_words(report, source.file))
        if not report.keeps:
            raise SystemExit(BROKEN)

    def _list(self, options: dict[str, Any]) -> None:
        """Every contract, a line each."""
        names = ("slug", "name", "format", "compatibility", "newest")
        rows = [{name: getattr(one, name) for name in names} | {"team": one.team.slug} for one in selectors.contracts()]
        if options["json"]:
            self._say([json.dumps(rows, ensure_ascii=False, indent=2)])
            return
        for row in rows:
            version = f"version {row['newest']}" if row["newest"] else "nothing published"
            self._say([f"{row['slug']} ({row['format']}, {row['compatibility']}, {row['team']}): {version}"])

    def _show(self, options: dict[str, Any]) -> None:
        """One version's document."""
        contract = selectors.contract_called(options["slug"])
        number = options["number"]
        version = selectors.newest_of(contract) if number is None else selectors.version_numbered(contract, number)
        if version is None:
            raise CommandError(f"{contract.name} has no version yet.", returncode=UNREAD)
        self.stderr.write(
            f"{contract.slug} version {version.number}, {version.get_state_display().lower()}, {version.content_hash}"
        )
        self._say([json.dumps(version.schema, ensure_ascii=False, indent=2, sort_keys=True)])

    def _refuse(self, options: dict[str, Any], problem: Problem) -> None:
        """Say what cannot be read or found, in the format that was asked for, and end with 2."""
        file = options.get("file", "")
        if options.get("format") == "github":
            place = problem.place if isinstance(problem, Unreadable) else None
            self._say([saying.annotation("error", file, place, "contract-not-checked", problem.detail)])
        elif options.get("format") == "json":
            self._say(
                [json.dumps({"file": file, "keeps": None, "problem": problem.detail}, ensure_ascii=False, indent=2)]
            )
        raise CommandError(problem.detail, returncode=UNREAD) from problem

    def _say(self, lines: Iterable[str]) -> None:
        for line in lines:
            self.stdout.write(line)


def _report(source: Source, options: dict[str, Any]) -> Report:
    mode = Compatibility(options["mode"]) if options["mode"] else None
    if options["contract"]:
        return check(selectors.contract_called(options["contract"]), source.value, mode)
    if options["against"]:
        return check_files(_read(options["against"]).value, source.value, mode or Compatibility.FULL)
    format_ = format_of(source.value)
    check_document(format_, source.value)
    return compare(format_, mode or Compatibility.NONE, [], source.value)


def _read(name: str) -> Source:
    """A file; never more of it than can be taken."""
    try:
        with Path(name).open("rb") as file:
            content = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise Unreadable(f"{name} cannot be read: {error.strerror or error}.") from error
    return read_document(content, name)
