"""Celery's thin side: what happens by the hour."""

from __future__ import annotations

from celery import shared_task

from controlplane.people.rest import once


@shared_task(name="controlplane.people.forget_answers", ignore_result=True)
def forget_answers() -> None:
    """Forget what writes of the API were answered with a day ago."""
    once.forget()
