"""``manage.py doctor``: what is wrong, and how to mend it."""

from __future__ import annotations

import sys
from typing import Any

from django.core.management.base import BaseCommand

from controlplane.standalone.doctor.examination import examine, in_words
from controlplane.standalone.doctor.finding import State


class Command(BaseCommand):
    """Checks the installation and says what is wrong and how to mend it; exit code 1 when anything is bad."""

    help = "Checks the installation and says what is wrong and how to mend it; exit code 1 when anything is bad."
    requires_system_checks = ()

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Examine, tell, and leave with 1 when anything is bad."""
        findings = list(examine())
        for line in in_words(findings):
            self.stdout.write(line)
        if any(finding.state is State.BAD for _, finding in findings):
            sys.exit(1)
