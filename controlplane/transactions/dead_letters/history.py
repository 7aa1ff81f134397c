"""What was done about dead letters, and by whom: one entry a cause, or a letter, next to the audit's record."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db import connection

from controlplane.people.access import Access
from controlplane.transactions.models import Deed, DeedEntry

_ENTRIES = """
insert into transactions_deedentry (fingerprint, step_run_id, integration_id, at, author_id, deed, text)
select d.fingerprint, case when count(*) = 1 then min(d.step_run_id::text)::uuid end, d.integration_id, now(),
  %(author)s, %(deed)s, %(text)s || case when count(*) > 1 then ' (' || count(*) || ' letters)' else '' end
from {source} join dead_letter d using (step_run_id)
group by d.fingerprint, d.integration_id order by 1
"""
_OF_A_SELECTION = _ENTRIES.format(source="unnest(%(selection)s::uuid[]) w(step_run_id)")
_OF_A_REPLAY = _ENTRIES.format(
    source="(select step_run_id from transactions_replayitem where replay_id = %(selection)s and state in (0, 1)) w"
)


def remember_replay(access: Access, replay_id: int, text: str) -> None:
    """A replay was asked for: one entry for each cause that it takes letters of."""
    _insert(_OF_A_REPLAY, access, Deed.REPLAYED, text, replay_id)


def remember_selection(access: Access, step_run_ids: Iterable[UUID], deed: Deed, text: str) -> None:
    """One entry for each cause that a selection is of; of a single letter, it is that letter's."""
    _insert(_OF_A_SELECTION, access, deed, text, list(step_run_ids))


def _insert(statement: str, access: Access, deed: Deed, text: str, selection: Any) -> None:
    values: dict[str, Any] = {
        "author": UUID(access.person_id),
        "deed": deed.value,
        "text": text,
        "selection": selection,
    }
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def remember(
    access: Access, integration_id: int, fingerprint: UUID, deed: Deed, text: str, step_run_id: UUID | None = None
) -> DeedEntry:
    """One entry about a cause, or about one letter of it."""
    return DeedEntry.objects.create(
        fingerprint=fingerprint,
        step_run_id=step_run_id,
        integration_id=integration_id,
        author_id=UUID(access.person_id),
        deed=deed,
        text=text,
    )
