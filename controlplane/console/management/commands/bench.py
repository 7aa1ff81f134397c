"""``manage.py bench NAME [--size …]``: measure this machine; the last line is one line of JSON."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

NAMES = ("ingress", "deliver", "search", "replay", "pages", "inventory", "contracts")
SIZES = ("quick", "default", "full")


class Command(BaseCommand):
    """Runs a bench of ``tests/load`` on a database of its own."""

    help = "Measures one part of it on a database of its own, against limits of the same run."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        """Which, and how much."""
        parser.add_argument("name", choices=NAMES)
        parser.add_argument(
            "--size", choices=SIZES, default="default", help="quick proves that it runs; full takes long"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        """Run it; its own output goes where ours does."""
        try:
            harness = import_module("tests.load.harness")
        except ModuleNotFoundError as error:
            raise CommandError(f"The benches need the repository and what `make test` installs: {error}.") from error
        if code := harness.run(options["name"], options["size"]):
            raise CommandError(f"The bench ended with {code}; what it said is above.")
