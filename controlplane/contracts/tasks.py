"""Celery's thin side: versions whose day has come."""

from __future__ import annotations

from celery import shared_task

from controlplane.contracts.lifecycle.retire import retire_due


@shared_task(name="controlplane.contracts.retire", ignore_result=True)
def retire() -> None:
    """Retire versions whose day has come and that nobody works by."""
    retire_due()
