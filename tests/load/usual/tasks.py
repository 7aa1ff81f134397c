"""The application of Celery, and tasks that do nothing."""

from __future__ import annotations

import os

from celery import Celery

#: Not the current application: the doorbell of a bench rings through ours.
app = Celery("usual", broker=os.environ["BROKER_URL"], set_as_current=False, fixups=[])
app.conf.update(task_ignore_result=True, task_default_queue="usual", result_backend=None)


def _handle(pk: int) -> None:
    """What a team would do with one event is not measured."""


def _nothing() -> None:
    """A no-op: what Celery itself costs."""


handle = app.task(_handle, name="usual.handle")
nothing = app.task(_nothing, name="usual.nothing")
