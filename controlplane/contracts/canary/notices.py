"""Canaries that were halted: who looks after the contract, and who proposed the change, is told why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db.models import F, Q, TextField
from django.db.models.functions import Cast

from controlplane.contracts.models import Canary, CanaryState
from controlplane.foundation.pages import page_url
from controlplane.people.access import ALL, Access, Action
from controlplane.people.notices import Notice, Rows, Source

#: For so long it is news.
TOLD: Final = timedelta(days=30)


def _rows(access: Access, now: datetime) -> Sequence[Rows]:
    halted = Canary.objects.filter(state=CanaryState.HALTED, ended_at__gte=now - TOLD)
    teams = access.teams_that(Action.CONFIGURE)
    if teams is not ALL:
        mine = Q(version__contract__team__in=teams) | Q(change__opened_by=UUID(access.person_id))
        halted = halted.filter(mine)
    named = halted.annotate(cause=Cast("pk", TextField()), at=F("ended_at"))
    return [named.values("cause", "at")]


def _told(_access: Access, causes: Sequence[str]) -> Mapping[str, Notice]:
    wanted = Canary.objects.filter(pk__in=[int(cause) for cause in causes])
    found = wanted.select_related("version__contract", "instead_of")
    return {str(one.pk): _notice(one) for one in found}


def _notice(one: Canary) -> Notice:
    page = page_url("console:contract", one.version.contract.slug)
    return Notice(
        "bad",
        f"{one.version} was halted as a canary",
        f"{one.why} Everything is judged by version {one.instead_of.number}.",
        f"{page}?version={one.version.number}" if page else "",
    )


HALTED: Final = Source(
    "Canaries of contracts that were halted", lambda access: access.may_somewhere(Action.CONFIGURE), _rows, _told
)
