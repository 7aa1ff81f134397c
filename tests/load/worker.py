"""``python -m tests.load.worker``: the worker of the one-machine runtime, without Celery around it.

It says when it is ready, begins at the first line that it is sent, and ends when nothing more can come.
"""

from __future__ import annotations

import sys
from importlib import import_module


def main() -> None:
    """Carry."""
    import django

    from controlplane.foundation import collector

    django.setup()
    import_module("controlplane.celery")  # what it promotes rings through the configured application
    carrier = import_module("controlplane.transactions.pipeline.carrier").Carrier()
    collector.settle()
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    if sys.stdin.readline():
        carrier.start(alone=True)
        sys.stdin.read()
        carrier.stop(10)


if __name__ == "__main__":
    main()
