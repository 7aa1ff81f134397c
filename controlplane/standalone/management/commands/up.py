"""``manage.py up``: start the one-machine runtime."""

from __future__ import annotations

import os
import sys
from typing import Any

from django.core.management.base import BaseCommand


class Command(BaseCommand):
    """Starts database, broker, web server, worker and beat on this machine, and keeps them running."""

    help = "Starts database, broker, web server, worker and beat on this machine, and keeps them running."
    requires_system_checks = ()

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Turn into the supervisor, which is small because it has no Django in it."""
        os.execv(sys.executable, [sys.executable, "-m", "controlplane.standalone", "up"])  # noqa: S606 - no shell
