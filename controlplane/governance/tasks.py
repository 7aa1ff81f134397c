"""Celery's thin side: checks that wait, and what nobody decided in time."""

from __future__ import annotations

from celery import shared_task

from controlplane.governance.changes.check import run_waiting_checks
from controlplane.governance.changes.expire import expire


@shared_task(name="controlplane.governance.run_checks", ignore_result=True)
def run_checks() -> None:
    """Run the checks that wait."""
    run_waiting_checks()


@shared_task(name="controlplane.governance.sweep", ignore_result=True)
def sweep() -> None:
    """End what is over, and run checks whose ring was lost."""
    expire()
    run_waiting_checks()
