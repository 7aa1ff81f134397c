"""Reading changes, the boards that decide on them, and how their votes stand."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from controlplane.foundation.errors import Conflict, NotFound
from controlplane.governance.kinds import Kind
from controlplane.governance.models import Board, BoardMember, ChangeRequest, Revision, RevisionAuthor, Vote
from controlplane.governance.rules.tally import Seat, Tally, tally
from controlplane.people.access import Access

#: In ``Board.kinds``: every kind that no other board decides on.
EVERY_KIND = "*"


def deciding_board(name: str) -> Board | None:
    """The board that decides on a kind, by its name before by being of every kind; None where none does."""
    boards = Board.objects.filter(Q(kinds__contains=[name]) | Q(kinds__contains=[EVERY_KIND])).order_by("slug")
    return min(boards, key=lambda board: name not in board.kinds, default=None)


def decided_kinds(names: Iterable[str]) -> set[str]:
    """Of these kinds, those that any board decides on."""
    held = {name for kinds in Board.objects.values_list("kinds", flat=True) for name in kinds}
    return {name for name in names if name in held or EVERY_KIND in held}


def board_for(name: str, kind: Kind) -> Board:
    """The board that decides on a kind; :class:`Conflict` says which is missing and who makes it."""
    if (found := deciding_board(name)) is None:
        raise Conflict(
            f"No board decides on the kind “{kind.label}” yet, so nothing was proposed. A platform operator makes one "
            f"on the page Boards, or by: manage.py board add SLUG NAME --kinds {name} --quorum 2.",
            field="kind",
        )
    return found


def change_for(access: Access, change_id: int) -> ChangeRequest:
    """A change with what its page says first; a missing one and one of others are the same 404."""
    related = ("current", "board", "team", "opened_by", "applied_by", "reviewed_by", "rolls_back__current")
    found: ChangeRequest = ChangeRequest.objects.select_related(*related).get_visible_or_404(access, pk=change_id)
    return found


def revision_of(change: ChangeRequest, number: int | None = None) -> Revision:
    """One of its versions, the newest where none is named; :class:`NotFound` for one that it does not have."""
    newest = change.revision
    found = newest if number in {None, newest.number} else change.revisions.filter(number=number).first()
    if found is None:
        raise NotFound(f"{change} has no version {number}; the newest is {newest.number}.", field="version")
    found.change = change
    return found


def author_ids(change: ChangeRequest) -> frozenset[UUID]:
    """Everybody who wrote any revision of it."""
    return frozenset(RevisionAuthor.objects.filter(change=change).values_list("person_id", flat=True))


def current_votes(change: ChangeRequest) -> QuerySet[Vote]:
    """The votes that count: on the current revision, of nobody who wrote any. Those on older ones are history."""
    authors = RevisionAuthor.objects.filter(change=change).values("person_id")
    votes = Vote.objects.filter(change=change, revision=change.revision)
    counted = votes.exclude(person__in=authors).exclude(on_behalf_of__isnull=False, on_behalf_of__in=authors)
    return counted.select_related("person", "on_behalf_of").order_by("at", "pk")


def seats_of(change: ChangeRequest) -> list[tuple[BoardMember, Vote | None]]:
    """The seats that have a vote on this change, each with its vote; an author's seat is not among them."""
    members = BoardMember.objects.filter(board_id=change.board_id).select_related("person", "deputy")
    authors = author_ids(change)
    votes = {vote.on_behalf_of_id or vote.person_id: vote for vote in current_votes(change)}
    eligible = members.exclude(person_id__in=authors).order_by("person__name", "pk")
    return [(member, votes.get(member.person_id)) for member in eligible]


def tally_of(change: ChangeRequest, seats: Sequence[tuple[BoardMember, Vote | None]] | None = None) -> Tally:
    """How the votes stand. Those of people who have left the board meanwhile still count."""
    known = seats_of(change) if seats is None else seats
    counted = [Seat(vote.role if vote else member.role, vote.choice if vote else "") for member, vote in known]
    voted = {vote.pk for _, vote in known if vote}
    counted += [Seat(vote.role, vote.choice) for vote in current_votes(change) if vote.pk not in voted]
    board = change.board
    if change.emergency:
        return tally(counted, board.emergency_quorum, ())
    return tally(counted, board.quorum, board.required_roles)


def seats_open_to(person: UUID, change: ChangeRequest, now: datetime) -> list[BoardMember]:
    """The seats on the change's board that this person may vote for: their own first, then those they deputise for."""
    own_or_deputy = Q(person=person) | Q(deputy=person) & (Q(deputy_until=None) | Q(deputy_until__gt=now))
    rows = BoardMember.objects.filter(own_or_deputy, board_id=change.board_id).select_related("person")
    return sorted(rows, key=lambda seat: (seat.person_id != person, seat.person.name))
