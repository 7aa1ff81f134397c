"""``manage.py sandbox load | remove | status``: the company that does not exist."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from controlplane.foundation.errors import Problem
from controlplane.standalone import command_line, lock
from controlplane.standalone.choices import chosen_places
from controlplane.standalone.installation import outside
from controlplane.standalone.sandbox.load import load, others
from controlplane.standalone.sandbox.marks import Marks
from controlplane.standalone.sandbox.people import SHOWN
from controlplane.standalone.sandbox.remove import remove


class Command(BaseCommand):
    """Make the sandbox, take it away, or say whether it is there."""

    help = "The sandbox company: load it, remove it with all that it did, or say whether it is there."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """One verb."""
        parser.add_argument("verb", choices=["load", "remove", "status"])
        parser.add_argument(
            "--with-everything", action="store_true", help="remove also what you made in the sandbox's installation"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        """Do it, and say what was done."""
        marks = Marks(chosen_places())
        if options["verb"] == "remove":
            self._remove(marks, with_everything=options["with_everything"])
        elif options["verb"] == "load":
            self._load(marks)
        else:
            self._status(marks)

    def _load(self, marks: Marks) -> None:
        if elsewhere := outside():
            raise CommandError(f"The sandbox lives on embedded services alone; here are {', '.join(elsewhere)}.")
        try:
            load(marks)
        except Problem as error:
            raise CommandError(error.detail) from error
        self.stdout.write("The sandbox is there. `make up` (again, if it runs) plays its systems and senders.")
        self._people(marks)

    def _remove(self, marks: Marks, *, with_everything: bool) -> None:
        if not marks.is_there:
            raise CommandError("There is no sandbox here; nothing was changed.")
        running = lock.holder(marks.places.lock) is not None
        if not with_everything:
            self._check_that_it_is_alone(running=running)
        if running and command_line.stop(marks.places):
            raise CommandError("Interlock could not be stopped; nothing was removed.")
        remove(marks)
        self.stdout.write("The sandbox is gone with all that happened in it. `make up` begins an empty installation.")

    def _check_that_it_is_alone(self, *, running: bool) -> None:
        if not running:
            raise CommandError(
                "Interlock does not run, so what else is here cannot be seen; nothing was changed. "
                "Start it first, or say --with-everything."
            )
        if made := others():
            raise CommandError(
                f"Not only the sandbox would go, but also {', '.join(made)}; nothing was changed. "
                "Keep their estate document, and say --with-everything."
            )

    def _status(self, marks: Marks) -> None:
        if not marks.is_there:
            self.stdout.write("There is no sandbox here.")
            return
        self.stdout.write(f"The sandbox has been there for {marks.minutes():.0f} minutes.")
        self._people(marks)

    def _people(self, marks: Marks) -> None:
        does = {worker.email: f"{worker.role.label}: {worker.does}" for worker in SHOWN}
        for line in marks.sign_ins.read_text().splitlines():
            email, password = line.split()
            if email in does:
                self.stdout.write(f"  {email:<22} {password}  {does[email]}")
