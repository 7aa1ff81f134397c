"""Celery's thin side: versions whose day has come, canaries, and consumers that did not answer in time."""

from __future__ import annotations

from celery import shared_task

from controlplane.contracts.canary.end import settle
from controlplane.contracts.consumers.escalate import escalate
from controlplane.contracts.lifecycle.retire import retire_due


@shared_task(name="controlplane.contracts.retire", ignore_result=True)
def retire() -> None:
    """Retire versions whose day has come and that nobody works by."""
    retire_due()


@shared_task(name="controlplane.contracts.settle_canaries", ignore_result=True)
def settle_canaries() -> None:
    """Halt what has to be halted, and publish what has shown itself for as long as was asked."""
    settle()


@shared_task(name="controlplane.contracts.ask_consumers", ignore_result=True)
def ask_consumers() -> None:
    """Ask whom a change touches since, and presume stale who did not answer."""
    escalate()
