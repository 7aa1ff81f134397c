"""Payloads that have changed their form: told to those who look after the contract that judges them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from django.db.models import F, QuerySet, TextField
from django.db.models.functions import Cast

from controlplane.foundation.pages import page_url
from controlplane.people.access import ALL, Access, Action
from controlplane.people.notices import Notice, Rows, Source
from controlplane.transactions.models import Drift, DriftState
from controlplane.transactions.selectors.discovered import DRIFT


def _rows(access: Access, now: datetime) -> Sequence[Rows]:  # noqa: ARG001 - as every source
    teams = access.teams_that(Action.CONFIGURE)
    drifts = Drift.objects.filter(state=DriftState.OPEN)
    mine = drifts if teams is ALL else drifts.filter(version__contract__team__in=teams)
    return [mine.annotate(cause=Cast("pk", TextField()), at=F("found_at")).values("cause", "at")]


def _told(_access: Access, causes: Sequence[str]) -> Mapping[str, Notice]:
    return {str(one.pk): _notice(one) for one in _known(causes)}


def _notice(one: Drift) -> Notice:
    what = f"{one.pointer or 'The whole'} of {one.event_type} has changed: {one.get_kind_display().lower()}"
    return Notice("warn", what, one.words, page_url("console:discovery", DRIFT, str(one.pk)))


def _known(causes: Sequence[str]) -> QuerySet[Drift]:
    return Drift.objects.filter(pk__in=[int(cause) for cause in causes], state=DriftState.OPEN)


SOURCE: Final = Source(
    "Payloads that have changed, of contracts that I look after",
    lambda access: access.may_somewhere(Action.CONFIGURE),
    _rows,
    _told,
)
