"""``manage.py beginning``: write ``tables.sql`` anew, by applying every migration to an empty database."""

from __future__ import annotations

from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandParser
from django.db import connection

from controlplane.standalone.beginning.load import FILE
from controlplane.standalone.beginning.write import cleaned, dumped


class Command(BaseCommand):
    """Applies every migration to the database that is configured, which has to be empty, and dumps it."""

    help = "Writes the tables with which an empty database begins. DATABASE_URL names an empty one of PostgreSQL 15."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        """Which ``pg_dump``."""
        parser.add_argument("--pg-dump", default="pg_dump", help="the program: that of the oldest server supported, 15")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Migrate from nothing, dump, clean, write."""
        call_command("migrate", interactive=False, from_nothing=True, verbosity=0)
        named = connection.get_connection_params()
        database = {name: str(named.get(name) or "") for name in ("host", "port", "user", "dbname")}
        FILE.write_text(cleaned(dumped(options["pg_dump"], database, str(named.get("password") or ""))))
        self.stdout.write(f"{FILE.name}: {FILE.stat().st_size:,} bytes.")
