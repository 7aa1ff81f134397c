"""Taking the sandbox away, with its whole database: attempts, versions and the audit are never deleted by row.

An installation that began with the sandbox is the sandbox until this: it starts anew, empty and under its own name.
"""

from __future__ import annotations

import shutil

from django.conf import settings

from controlplane.standalone.sandbox.load import KEYS
from controlplane.standalone.sandbox.marks import Marks

#: Folders of an installation that hold what happened in it.
HAPPENED = ("postgres", "valkey", "beat", "metrics")


def remove(marks: Marks) -> None:
    """Remove what happened, and its keys. Everything is stopped by then; the next start begins empty."""
    for name in HAPPENED:
        shutil.rmtree(marks.places.var / name, ignore_errors=True)
    for name in KEYS:
        (settings.SECRETS_FOLDER / f"sandbox-{name}").unlink(missing_ok=True)
    marks.places.first_sign_in.unlink(missing_ok=True)
    marks.end()
