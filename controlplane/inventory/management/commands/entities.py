"""``manage.py entities ship``: the canonical model as the product has it, where nobody has made it their own."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from controlplane.audit.models import Actor
from controlplane.inventory.canonical.ship import ship


class Command(BaseCommand):
    """Bring the canonical model up to what the product has."""

    help = "The canonical model: ship what the product has of it. What a company has edited is left alone."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """A verb."""
        verbs = parser.add_subparsers(dest="verb", required=True)
        verbs.add_parser("ship", help="make a new version of each entity of which the product has a newer content")

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Ship."""
        for slug in (made := ship(Actor(label="command line"))):
            self.stdout.write(f"~ {slug}")
        self.stdout.write(f"{len(made)} with a new version" if made else "Everything is as it ships, or your own.")
