"""``manage.py estate apply FILE [--dry-run]``: the estate from a document."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from controlplane.audit.models import Actor
from controlplane.console.estate import apply, reading
from controlplane.foundation.errors import Problem


class Command(BaseCommand):
    """Apply an estate document, or say what it would do."""

    help = "Apply an estate document (YAML): systems, endpoints, contracts, flows, jobs."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """One verb and one file."""
        parser.add_argument("verb", choices=["apply"])
        parser.add_argument("file", type=Path)
        parser.add_argument("--dry-run", action="store_true", help="say what would be done, change nothing")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Apply all of it or nothing."""
        try:
            applied = apply.apply(
                reading.read(options["file"]), actor=Actor(label="command line"), dry_run=options["dry_run"]
            )
        except Problem as error:
            raise CommandError(f"{error.detail}\nNothing was changed.") from error
        for where in applied.created:
            self.stdout.write(f"+ {where}")
        for where in applied.changed:
            self.stdout.write(f"~ {where}")
        done = f"{len(applied.created)} created, {len(applied.changed)} changed, {len(applied.same)} as they were"
        self.stdout.write(f"Dry run, nothing was changed: {done}" if options["dry_run"] else done)
