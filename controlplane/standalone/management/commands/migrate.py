"""``manage.py migrate``, which begins an empty database with what all migrations come to (``standalone.beginning``)."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser
from django.core.management.commands import migrate
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from controlplane.standalone.beginning.load import begin


class Command(migrate.Command):
    """Django's own; only where there is nothing yet, most of it is read from a file first."""

    def add_arguments(self, parser: CommandParser) -> None:
        """Django's, and how to apply each migration by itself."""
        super().add_arguments(parser)
        parser.add_argument(
            "--from-nothing", action="store_true", help="apply every migration, also to an empty database"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Begin where there is nothing and all of it is wanted; then whatever is left."""
        from_nothing = options.pop("from_nothing", False)
        some = options["app_label"] or options["plan"] or options["check_unapplied"] or options["fake"]
        if not (from_nothing or some) and begin():
            if options["verbosity"]:
                self.stdout.write("The database was empty; it begins with the tables of this version.")
            if not _left():
                return
        super().handle(*args, **options)


def _left() -> bool:
    """Whether a migration is newer than the beginning. Django would draw every model twice to find that none is."""
    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))
