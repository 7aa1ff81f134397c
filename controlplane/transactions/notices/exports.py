"""Exports that somebody asked for: ready to be fetched, or failed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from django.db.models import F, TextField
from django.db.models.functions import Cast
from django.urls import reverse

from controlplane.people.access import Access, Action
from controlplane.people.notices import Notice, Rows, Source
from controlplane.transactions.export.write import KEPT
from controlplane.transactions.masking import personal_hidden
from controlplane.transactions.models import Export, ExportState


def _rows(access: Access, now: datetime) -> Sequence[Rows]:
    mine = Export.objects.of(access.person_id).filter(state__in=[ExportState.DONE, ExportState.FAILED])
    kept = mine.filter(finished_at__gt=now - KEPT)
    return [kept.annotate(cause=Cast("pk", TextField()), at=F("finished_at")).values("cause", "at")]


def _told(access: Access, causes: Sequence[str]) -> Mapping[str, Notice]:
    mine = Export.objects.of(access.person_id).filter(pk__in=[UUID(cause) for cause in causes])
    return {str(export.pk): _notice(export) for export in mine}


def _notice(export: Export) -> Notice:
    query = personal_hidden(export.query) or "(everything)"
    url = reverse("transactions:exports")
    if export.state == ExportState.FAILED:
        return Notice("bad", "Your export failed", f"{query}: {export.reason}", url)
    if not export.complete:
        return Notice("warn", f"Your export of {export.rows:,} rows is ready, not all of it", query, url)
    return Notice("ok", f"Your export of {export.rows:,} rows is ready", query, url)


SOURCE = Source(
    "My exports that are ready or failed", lambda access: access.may_somewhere(Action.SEE_TRANSACTIONS), _rows, _told
)
