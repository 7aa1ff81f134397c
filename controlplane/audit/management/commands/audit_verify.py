"""``manage.py audit_verify``: walk the whole audit chain and say whether it is unbroken."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from controlplane.audit.models import Actor
from controlplane.audit.services import check_chain


class Command(BaseCommand):
    """Exit status 1 names the first broken record."""

    help = "Recomputes every hash of the audit chain; fails naming the first record that does not fit."

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Check, keep the result for the audit page, and print it."""
        verdict = check_chain(by=Actor(label="manage.py audit_verify"))
        if not verdict.intact:
            message = (
                f"{verdict.finding} The {verdict.records} records before it fit. Nothing was changed by this check; "
                "keep a copy of the database before anybody repairs it."
            )
            raise CommandError(message)
        self.stdout.write(f"{verdict.records} records, unbroken. Head: {verdict.head_hash.hex()}")
