"""Celery's thin side: checks that wait, what nobody decided in time, and what policies find."""

from __future__ import annotations

from celery import shared_task

from controlplane.foundation.logs import logger
from controlplane.governance.changes.check import run_waiting_checks
from controlplane.governance.changes.expire import expire
from controlplane.governance.policies.run import run_everything

log = logger(__name__)


@shared_task(name="controlplane.governance.run_checks", ignore_result=True)
def run_checks() -> None:
    """Run the checks that wait."""
    run_waiting_checks()


@shared_task(name="controlplane.governance.sweep", ignore_result=True)
def sweep() -> None:
    """End what is over, and run checks whose ring was lost."""
    expire()
    run_waiting_checks()


@shared_task(name="controlplane.governance.run_policies", ignore_result=True)
def run_policies() -> None:
    """Judge the whole estate. Every hour: what changes without a person, such as an expiry, is seen then."""
    run = run_everything()
    log.info("policies.run", subjects=run.subjects, findings=run.findings, seconds=round(run.seconds, 2))
