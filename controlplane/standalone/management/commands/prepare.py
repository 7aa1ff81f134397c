"""``manage.py prepare``: what every start needs before the servers run."""

from __future__ import annotations

import time
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError, connection

from controlplane.foundation.errors import Problem
from controlplane.governance.policies.ship import ship
from controlplane.inventory.models import Integration
from controlplane.standalone.choices import chosen_places
from controlplane.standalone.first_run import first_sign_in
from controlplane.standalone.installation import outside
from controlplane.standalone.sandbox.load import load
from controlplane.standalone.sandbox.marks import Marks
from controlplane.transactions.upkeep import make_partitions

DATABASE_WITHIN_SECONDS = 10.0
POLL_SECONDS = 0.5


class Command(BaseCommand):
    """Waits for the database, migrates it, makes the coming weeks' partitions, policies and the first operator."""

    help = "Waits for the database, migrates it, makes the coming weeks' partitions and the first operator."
    requires_system_checks = ()

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Each step does nothing when it is done already."""
        _wait_for_database()
        call_command("migrate", interactive=False)
        self.stdout.write(f"Partitions made: {len(make_partitions())}.")
        ship()
        if first_sign_in():
            self.stdout.write("The first operator's sign-in is in var/first-sign-in.")
        self._sandbox(Marks(chosen_places()))

    def _sandbox(self, marks: Marks) -> None:
        """Load it into a new installation, and again where it is not up to date; nothing else waits for it."""
        is_new = marks.is_due and not outside() and not Integration.objects.exists()
        if not (is_new or (marks.is_there and marks.is_outdated)):
            return
        try:
            load(marks)
        except (CommandError, Problem, OSError) as error:
            self.stderr.write(f"The sandbox was not loaded: {error} `manage.py sandbox load` tries again.")
        else:
            self.stdout.write("The sandbox is there; its people's sign-ins are in var/sandbox/sign-ins.")


def _wait_for_database() -> None:
    deadline = time.monotonic() + DATABASE_WITHIN_SECONDS
    while True:
        try:
            connection.ensure_connection()
        except OperationalError as error:
            if time.monotonic() > deadline:
                message = f"The database cannot be reached: {error}. `make doctor` says more."
                raise CommandError(message) from error
            time.sleep(POLL_SECONDS)
        else:
            return
