"""Traffic that is looked at as the watcher does: a few events at a time, each processed before it is looked at."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from controlplane.transactions.discovering.look import SAMPLES, look
from controlplane.transactions.discovering.watch import where_it_was_left
from controlplane.transactions.models import Drift, DriftKind
from tests.transactions import carrying
from tests.transactions.conftest import Story
from tests.transactions.factories import Estate

SINCE = datetime(2026, 11, 23, 13, 32, tzinfo=UTC)


def pass_by(story: Story, documents: Iterable[Any]) -> list[UUID]:
    """Send, process and look, until all of them have passed; gives their ids."""
    ids: list[UUID] = []
    every = list(documents)
    for start in range(0, len(every), SAMPLES):
        ids += [answer.id for answer in story.send(*every[start : start + SAMPLES])]
        carrying.process()
        look(where_it_was_left())
    return ids


def a_drift(here: Estate, **fields: Any) -> Drift:
    """A new field, as it was found; give it what your test is about."""
    return Drift.objects.create(
        **{
            "interface": here.interface,
            "event_type": here.normalisation.event_type,
            "version": here.contract_version,
            "kind": DriftKind.NEW,
            "pointer": "/vat_id",
            "sign": "string",
            "now": 8,
            "of": 10,
            "was": 0,
            "out_of": 1_200,
            "examples": [],
            "since": SINCE,
            "found_at": SINCE,
            **fields,
        }
    )
