"""Dead letters that somebody was given: a line for each cause, whether they were given all of it or single letters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from django.db.models import Count, DateTimeField, Max, OuterRef, Q, QuerySet, Subquery, TextField
from django.db.models.functions import Cast, Greatest
from django.urls import reverse

from controlplane.inventory.models import Integration
from controlplane.people.access import Access, Action
from controlplane.people.notices import Notice, Rows, Source
from controlplane.transactions.models import Cause, DeadLetter, Deed, DeedEntry
from controlplane.transactions.models.steps import DeadLetterQuerySet
from controlplane.transactions.selectors.sentences import listed_sentence


def _rows(access: Access, now: datetime) -> Sequence[Rows]:
    causes = _causes(access).exclude(snoozed_until__gt=now)
    # The newest letter of a cause is one step down an index, however many it has.
    newest = _open(access).filter(fingerprint=OuterRef("pk")).order_by("-died_at").values("died_at")[:1]
    whole = causes.annotate(died=Subquery(newest)).filter(died__isnull=False)
    letters = _letters(access, now).values("fingerprint").annotate(died=Max("died_at"))
    return [
        whole.annotate(cause=Cast("pk", TextField()), at=Greatest("died", _given(access, "pk"))).values("cause", "at"),
        letters.annotate(
            cause=Cast("fingerprint", TextField()), at=Greatest("died", _given(access, "fingerprint"))
        ).values("cause", "at"),
    ]


def _given(access: Access, column: str) -> Subquery:
    """When somebody else gave it, last; what one takes oneself is no news."""
    deeds = DeedEntry.objects.filter(fingerprint=OuterRef(column), deed=Deed.ASSIGNED)
    others = deeds.exclude(author_id=UUID(access.person_id)).order_by("-id")
    return Subquery(others.values("at")[:1], output_field=DateTimeField())


def _told(access: Access, causes: Sequence[str]) -> Mapping[str, Notice]:
    mine = Q(assignee_id=UUID(access.person_id)) | Q(fingerprint__in=_causes(access).values("pk"))
    groups = (
        _open(access)
        .filter(mine, fingerprint__in=[UUID(cause) for cause in causes])
        .values("fingerprint", "integration_id")
        .annotate(count=Count("pk"), words=Max("reason"))
        .order_by("fingerprint")
    )
    found = list(groups)
    integrations = Integration.objects.in_bulk({one["integration_id"] for one in found})
    return {
        str(one["fingerprint"]): Notice(
            "dead",
            f"{one['count']:,} dead {'letter' if one['count'] == 1 else 'letters'} of "
            f"{integrations[one['integration_id']].name} {'waits' if one['count'] == 1 else 'wait'} for you",
            listed_sentence(access, integrations[one["integration_id"]].team_id, one["words"]),
            reverse("transactions:cause", args=[one["fingerprint"]]),
        )
        for one in found
    }


def _open(access: Access) -> DeadLetterQuerySet:
    return DeadLetter.objects.visible_to(access).filter(resolved_at=None)


def _causes(access: Access) -> QuerySet[Cause]:
    return Cause.objects.visible_to(access).filter(assignee_id=UUID(access.person_id))


def _letters(access: Access, now: datetime) -> DeadLetterQuerySet:
    """Single ones, of causes that the person has not been given whole, and that nobody put aside."""
    known = Cause.objects.filter(Q(assignee_id=UUID(access.person_id)) | Q(snoozed_until__gt=now))
    return _open(access).filter(assignee_id=UUID(access.person_id)).exclude(fingerprint__in=known.values("pk"))


SOURCE = Source(
    "Dead letters that I was given", lambda access: access.may_somewhere(Action.SEE_TRANSACTIONS), _rows, _told
)
