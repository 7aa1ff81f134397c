"""What a request chooses: letters, causes, what a search finds, transactions, step runs; as they are at that moment."""

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
from controlplane.transactions.selectors.found_letters import Found, letters_found

NOTHING_NAMED = "Nothing is selected that could be replayed: name letters, causes, a query, transactions or steps."
NOTHING_FOUND = "Nothing that the query finds waits as a dead letter of yours: there is nothing to replay."


def open_letters(access: Access, letters: Sequence[UUID], causes: Sequence[UUID]) -> list[UUID]:
    """The open dead letters of a selection that the person may see; :class:`Invalid` for too many."""
    found = dead_letters.chosen(access, letters, causes) if letters or causes else []
    if len(found) > dead_letters.MOST:
        raise Invalid(f"A selection takes up to {dead_letters.MOST:,}; these are more.", field="causes")
    return found


def selection(access: Access, given: Mapping[str, Any]) -> Found:
    """Every step run of a selection, each once, and the search it names; 404 for a transaction out of reach."""
    found = _searched(access, given["query"])
    dead = [run for pk in given["transactions"] for run in detail(access, pk, clock.now()).dead_runs]
    letters = open_letters(access, given["letters"], given["causes"])
    chosen = list(dict.fromkeys([*letters, *found.step_runs, *dead, *given["steps"]]))
    if not chosen:
        raise Invalid(NOTHING_FOUND if found.query else NOTHING_NAMED, field="query" if found.query else "")
    if len(chosen) > MAX_ITEMS:
        raise Invalid(f"A replay takes up to {MAX_ITEMS:,} deliveries; these are {len(chosen):,}.")
    return Found(chosen, found.query)


def _searched(access: Access, text: str) -> Found:
    return letters_found(access, text, clock.now()) if text.strip() else Found([], "")
