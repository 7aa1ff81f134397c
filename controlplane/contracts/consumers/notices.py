"""Who is asked to confirm a change, and whose silence or refusal stands in the way of one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery, TextField
from django.db.models.functions import Cast, Coalesce

from controlplane.contracts.consumers.asking import asking
from controlplane.contracts.models import Answer, Confirmation, Standing
from controlplane.foundation.pages import page_url
from controlplane.governance.models import BoardMember, RevisionAuthor
from controlplane.people.access import ALL, Access, Action
from controlplane.people.notices import Notice, Rows, Source


def _open(*states: Standing) -> QuerySet[Confirmation]:
    rows = Confirmation.objects.filter(state__in=states, revision=F("change__current"))
    return rows.filter(change__in=asking().values("pk")).annotate(cause=Cast("pk", TextField()))


def _to_confirm(access: Access, _now: datetime) -> Sequence[Rows]:
    wrote = RevisionAuthor.objects.filter(change=OuterRef("change"), person=UUID(access.person_id))
    mine = _open(Standing.WAITING, Standing.STALE).exclude(Exists(wrote))
    teams = access.teams_that(Action.CONFIGURE)
    found = mine if teams is ALL else mine.filter(team__in=teams)
    # That it is over is news again.
    return [found.annotate(at=Coalesce("stale_at", "asked_at")).values("cause", "at")]


def _in_the_way(access: Access, now: datetime) -> Sequence[Rows]:
    person, teams = UUID(access.person_id), access.teams_that(Action.CONFIGURE)
    seat = Q(person=person) | Q(deputy=person) & (Q(deputy_until=None) | Q(deputy_until__gt=now))
    concerned = Q(Exists(BoardMember.objects.filter(seat, board=OuterRef("change__board"))))
    concerned = Q() if teams is ALL else concerned | Q(change__team__in=teams)
    said = Answer.objects.filter(confirmation=OuterRef("pk")).order_by("-pk").values("at")[:1]
    at = Coalesce(Subquery(said), "stale_at", "asked_at")
    return [_open(Standing.STALE, Standing.REFUSED).filter(concerned).annotate(at=at).values("cause", "at")]


def _told_to_confirm(_access: Access, causes: Sequence[str]) -> Mapping[str, Notice]:
    return {
        str(one.pk): Notice(
            "bad" if one.state == Standing.STALE else "wait",
            f"{one.name} is asked whether it can live with {one.change}: {one.revision.title}",
            f"It is presumed stale: it had until {one.due_at:%-d %b %Y} to answer."
            if one.state == Standing.STALE
            else f"By {one.due_at:%-d %b %Y}; who does not answer is presumed stale.",
            address_of(one),
        )
        for one in _known(causes)
    }


def _told_in_the_way(_access: Access, causes: Sequence[str]) -> Mapping[str, Notice]:
    return {
        str(one.pk): Notice(
            "bad",
            f"{one.name} {_DOES[Standing(one.state)]} {one.change}: {one.revision.title}",
            f"{one.team.name} answers for it. The board may say, with a reason, that it goes ahead without it.",
            address_of(one),
        )
        for one in _known(causes)
        if one.state in _DOES
    }


_DOES: Final = {Standing.STALE: "is presumed stale and has not confirmed", Standing.REFUSED: "refuses"}


def _known(causes: Sequence[str]) -> QuerySet[Confirmation]:
    wanted = Confirmation.objects.filter(pk__in=[int(cause) for cause in causes])
    return wanted.select_related("change", "revision", "team")


def address_of(one: Confirmation) -> str:
    """Where it is answered; the change's page where there is no page for that."""
    return page_url("console:confirmation", str(one.pk)) or one.change.get_absolute_url()


TO_CONFIRM: Final = Source(
    "Changes that consumers of my team are asked about",
    lambda access: access.may_somewhere(Action.CONFIGURE),
    _to_confirm,
    _told_to_confirm,
)
IN_THE_WAY: Final = Source(
    "Consumers that refuse a change or do not answer",
    lambda access: bool(access.roles),
    _in_the_way,
    _told_in_the_way,
)
