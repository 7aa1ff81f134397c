"""``manage.py client …``: the command line of developers, for whoever has a checkout or an image at hand."""

from __future__ import annotations

import sys
from typing import Any

from django.core.management.base import BaseCommand

from client.command_line import main


class Command(BaseCommand):
    """Hands its words on."""

    help = "Follows, shows, sends, forwards and replays over the API: see docs/command-line.md."
    requires_system_checks = ()

    def run_from_argv(self, argv: list[str]) -> None:
        """All words are the client's own."""
        sys.exit(main(argv[2:]))

    def handle(self, *args: Any, **_options: Any) -> None:
        """For ``call_command``."""
        sys.exit(main(list(args)))
