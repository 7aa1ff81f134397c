"""Lists of changes: what waits for somebody first, then the others, newest first; and the decision log."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet

from controlplane.governance.kinds import label_of
from controlplane.governance.models import (
    OPEN,
    Board,
    BoardMember,
    ChangeRequest,
    ChangeState,
    Condition,
    Decision,
    RevisionAuthor,
    Vote,
)
from controlplane.governance.models.changes import ChangeRequestQuerySet
from controlplane.governance.selectors.waiting import waiting_for
from controlplane.people.access import Access

PAGE = 50
#: Word in the address → the states it shows.
SHOWN = {
    "open": OPEN,
    "applied": (ChangeState.APPLIED, ChangeState.ROLLED_BACK),
    "closed": (ChangeState.REJECTED, ChangeState.WITHDRAWN, ChangeState.EXPIRED),
}
#: State → its shape.
SHAPES = {
    ChangeState.DRAFT: "off",
    ChangeState.PROPOSED: "wait",
    ChangeState.APPROVED: "part",
    ChangeState.REJECTED: "bad",
    ChangeState.WITHDRAWN: "off",
    ChangeState.APPLIED: "ok",
    ChangeState.EXPIRED: "off",
    ChangeState.ROLLED_BACK: "warn",
}


@dataclass(frozen=True, slots=True)
class Filters:
    """What a list is narrowed to; empty for everything."""

    show: str = "open"
    kind: str = ""
    team: str = ""
    risk: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One change in a list. ``ballot`` has ``y``, ``n``, ``a`` or "" for each seat that has a vote."""

    change: ChangeRequest
    kind: str
    shape: str
    ballot: tuple[str, ...]
    ballot_words: str
    late: bool

    @property
    def words(self) -> str:
        """Its state."""
        return str(self.change.get_state_display())


def matching(access: Access, filters: Filters) -> ChangeRequestQuerySet:
    """The changes that this person may see, narrowed down, of where they look."""
    found = ChangeRequest.objects.visible_to(access).filter(current__isnull=False)
    if access.within is not None:
        found = found.filter(environment__in=["", access.within.slug])
    if filters.show in SHOWN:
        found = found.filter(state__in=SHOWN[filters.show])
    if filters.kind:
        found = found.filter(kind=filters.kind)
    if filters.team:
        found = found.filter(team__slug=filters.team)
    if filters.risk:
        found = found.filter(current__risk=filters.risk)
    if filters.text:
        named = Q(current__title__icontains=filters.text) | Q(subject_name__icontains=filters.text)
        number = filters.text.upper().removeprefix("CC-")
        found = found.filter(named | Q(pk=int(number)) if number.isdecimal() and len(number) < 10 else named)  # noqa: PLR2004 - what the column holds
    return found


def waiting_rows(access: Access, now: datetime) -> list[Row]:
    """What waits for this person, the most urgent first."""
    waits = ChangeRequest.objects.visible_to(access).filter(pk__in=waiting_for(access, now).values("pk"))
    return rows(_related(waits).order_by("due", "pk")[:PAGE], now)


def page_rows(access: Access, filters: Filters, now: datetime, below: int | None) -> list[Row]:
    """A page of the others, newest first."""
    found = matching(access, filters)
    older = found if below is None else found.filter(pk__lt=below)
    return rows(_related(older).order_by("-pk")[:PAGE], now)


def rows(changes: Iterable[ChangeRequest], now: datetime) -> list[Row]:
    """Changes as rows, with their votes, in a number of statements that does not grow with them."""
    listed = list(changes)
    ballots = _ballots(listed)
    return [
        Row(
            change,
            label_of(change.kind),
            SHAPES[ChangeState(change.state)],
            ballots[change.pk],
            ballot_words(ballots[change.pk]),
            change.state == ChangeState.PROPOSED and change.due is not None and change.due < now,
        )
        for change in listed
    ]


def ballot_words(ballot: Sequence[str]) -> str:
    """The same for screen readers."""
    return f"{ballot.count('y')} for, {ballot.count('n')} against, {ballot.count('')} open"


def _related(found: QuerySet[ChangeRequest]) -> QuerySet[ChangeRequest]:
    return found.select_related("current", "board", "team", "opened_by")


_MARKS = {"approve": "y", "reject": "n", "abstain": "a"}


def _ballots(changes: Sequence[ChangeRequest]) -> dict[int, tuple[str, ...]]:
    seats: dict[int, set[object]] = defaultdict(set)
    for board, person in BoardMember.objects.filter(board__in={one.board_id for one in changes}).values_list(
        "board_id", "person_id"
    ):
        seats[board].add(person)
    authors: dict[int, set[object]] = defaultdict(set)
    for pk, person in RevisionAuthor.objects.filter(change__in=changes).values_list("change_id", "person_id"):
        authors[pk].add(person)
    votes: dict[int, dict[object, str]] = defaultdict(dict)
    for vote in Vote.objects.filter(revision__in=[one.current_id for one in changes]).order_by("at"):
        if vote.person_id not in authors[vote.change_id]:
            votes[vote.change_id][vote.on_behalf_of_id or vote.person_id] = _MARKS[vote.choice]
    return {
        one.pk: (
            *sorted(votes[one.pk].values(), key="yna".index),
            *("" for _ in seats[one.board_id] - authors[one.pk] - votes[one.pk].keys()),
        )
        for one in changes
    }


@dataclass(frozen=True, slots=True)
class Logged:
    """One line of the decision log; ``effect`` is what came of it."""

    decision: Decision
    shape: str
    ballot: tuple[str, ...]
    effect: str

    @property
    def words(self) -> str:
        """The votes for screen readers."""
        return f"{self.decision.votes_for} for, {self.decision.votes_against} against"


_OUTCOME_SHAPES = {"approved": "ok", "condition": "part", "rejected": "bad", "expired": "off"}


def decisions(
    access: Access,
    board: Board | None = None,
    below: int | None = None,
    most: int = PAGE,
    between: tuple[datetime, datetime] | None = None,
) -> list[Logged]:
    """Decisions on the changes that this person may see, newest first; perhaps only ``between`` two moments."""
    found = Decision.objects.filter(change__in=ChangeRequest.objects.visible_to(access))
    if board is not None:
        found = found.filter(change__board=board)
    if below is not None:
        found = found.filter(pk__lt=below)
    if between is not None:
        found = found.filter(at__gte=between[0], at__lt=between[1])
    related = found.select_related("change__current", "change__board", "revision").order_by("-pk")[:most]
    listed = list(related)
    open_conditions: dict[int, int] = defaultdict(int)
    for revision in Condition.objects.filter(met_at=None, revision__in=[one.revision_id for one in listed]).values_list(
        "revision_id", flat=True
    ):
        open_conditions[revision] += 1
    return [_logged(one, open_conditions[one.revision_id]) for one in listed]


def _logged(decision: Decision, open_conditions: int) -> Logged:
    ballot = ("y",) * decision.votes_for + ("n",) * decision.votes_against + ("a",) * decision.abstained
    return Logged(decision, _OUTCOME_SHAPES[decision.outcome], ballot, _effect(decision, open_conditions))


def _effect(decision: Decision, open_conditions: int) -> str:
    change = decision.change
    if change.current_id != decision.revision_id:
        return f"Version {change.revision.number} followed, which voids it."
    words = {
        ChangeState.APPLIED: "Applied.",
        ChangeState.ROLLED_BACK: "Applied, and rolled back.",
        ChangeState.APPROVED: "Not applied yet.",
        ChangeState.WITHDRAWN: "Withdrawn before it was applied.",
    }.get(ChangeState(change.state), decision.words)
    named = "condition" if open_conditions == 1 else "conditions"
    return f"{words} {open_conditions} {named} open." if open_conditions else words
