"""``python -m tests.faults.skewed SECONDS MODULE …``: runs a module in a process whose clock is that far ahead.

Our own clock and Django's, that is: what dates pages, judges time stamps and reads schedules. The machine's stays as
it is, and so do the database's, which decides leases and due times, and the ids, which the machine's clock makes.
"""

from __future__ import annotations

import runpy
import sys
from datetime import UTC, datetime, timedelta

from django.utils import timezone

from controlplane.foundation import clock


def main() -> None:
    """Shift the clocks before anybody has taken hold of them, and run."""
    ahead = timedelta(seconds=float(sys.argv[1]))

    def shifted() -> datetime:
        return datetime.now(UTC) + ahead

    clock.now = timezone.now = shifted
    sys.argv = sys.argv[2:]
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
