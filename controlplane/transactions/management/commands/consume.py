"""``manage.py consume [QUEUE …]``: take the messages of bound queues until asked to stop."""

from __future__ import annotations

import asyncio
import signal
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from controlplane.foundation import exposition
from controlplane.transactions.consuming.consumers import Consumers


class Command(BaseCommand):
    """Runs until SIGTERM or SIGINT; several may run, each queue's messages are shared among them."""

    help = "Take the messages of the queues that are bound to endpoints (docs/connectors.md, Messages in)."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Queues by name; all when none is named."""
        parser.add_argument("queues", nargs="*", metavar="QUEUE", help="instance/queue; every bound queue when none is")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Consume."""
        exposition.serve()
        asyncio.run(_consume(options["queues"]))


async def _consume(queues: list[str]) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    await Consumers(only=queues).run(stop)
