"""What a request chooses: single letters, whole causes, transactions and step runs, as they are at that moment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from controlplane.foundation import clock
from controlplane.foundation.errors import Invalid
from controlplane.people.access import Access
from controlplane.transactions.replay.request import MAX_ITEMS
from controlplane.transactions.selectors import dead_letters
from controlplane.transactions.selectors.detail import detail


def open_letters(access: Access, letters: Sequence[UUID], causes: Sequence[UUID]) -> list[UUID]:
    """The open dead letters of a selection that the person may see; :class:`Invalid` for too many."""
    found = dead_letters.chosen(access, letters, causes) if letters or causes else []
    if len(found) > dead_letters.MOST:
        raise Invalid(f"A selection takes up to {dead_letters.MOST:,}; these are more.", field="causes")
    return found


def step_runs(access: Access, given: Mapping[str, Any]) -> list[UUID]:
    """Every step run of a selection, each once; 404 for a transaction out of reach."""
    dead = [run for pk in given["transactions"] for run in detail(access, pk, clock.now()).dead_runs]
    found = list(dict.fromkeys([*open_letters(access, given["letters"], given["causes"]), *dead, *given["steps"]]))
    if not found:
        raise Invalid("Nothing is selected that could be replayed: name letters, causes, transactions or steps.")
    if len(found) > MAX_ITEMS:
        raise Invalid(f"A replay takes up to {MAX_ITEMS:,} deliveries; these are {len(found):,}.")
    return found
