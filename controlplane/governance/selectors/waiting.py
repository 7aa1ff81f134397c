"""What waits for one person: votes of theirs that are missing, and what they may apply."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import connection
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Coalesce

from controlplane.governance.models import BoardMember, ChangeRequest, ChangeState, RevisionAuthor, Vote
from controlplane.governance.models.changes import ChangeRequestQuerySet
from controlplane.people.access import Access


def to_vote_on(access: Access, now: datetime) -> ChangeRequestQuerySet:
    """Proposed changes on which this person has a vote that is not cast."""
    if not access.person_id:
        return ChangeRequest.objects.none()
    person = UUID(access.person_id)
    deputises = Q(deputy=person) & (Q(deputy_until=None) | Q(deputy_until__gt=now))
    seats = BoardMember.objects.filter(Q(person=person) | deputises, board=OuterRef("board"))
    wrote = RevisionAuthor.objects.filter(change=OuterRef(OuterRef("pk")), person=OuterRef("person"))
    cast = Vote.objects.annotate(seat=Coalesce("on_behalf_of", "person"))
    taken = cast.filter(revision=OuterRef(OuterRef("current")), seat=OuterRef("person"))
    own = RevisionAuthor.objects.filter(change=OuterRef("pk"), person=person)
    voted = Vote.objects.filter(revision=OuterRef("current"), person=person)
    found: ChangeRequestQuerySet = ChangeRequest.objects.filter(
        ~Exists(own), ~Exists(voted), Exists(seats.exclude(Exists(wrote)).exclude(Exists(taken))), state="proposed"
    )
    return found


def to_apply(access: Access) -> ChangeRequestQuerySet:
    """Approved changes that this person opened, and that nobody has applied."""
    if not access.person_id:
        return ChangeRequest.objects.none()
    found: ChangeRequestQuerySet = ChangeRequest.objects.filter(
        state=ChangeState.APPROVED, opened_by_id=UUID(access.person_id)
    )
    return found


def waiting_for(access: Access, now: datetime) -> ChangeRequestQuerySet:
    """Both together."""
    votes, applies = to_vote_on(access, now).values("pk"), to_apply(access).values("pk")
    found: ChangeRequestQuerySet = ChangeRequest.objects.filter(Q(pk__in=votes) | Q(pk__in=applies))
    return found


#: The same as :func:`waiting_for`, written out: every page asks it, and to put that query together takes Django longer
#: than PostgreSQL to answer it.
_HOW_MANY = """
select count(*) from (
  select from governance_changerequest c
  where c.state = 'approved' and c.opened_by_id = %(person)s
    or c.state = 'proposed'
    and not exists (select from governance_revisionauthor a where a.change_id = c.id and a.person_id = %(person)s)
    and not exists (select from governance_vote v where v.revision_id = c.current_id and v.person_id = %(person)s)
    and exists (
      select from governance_boardmember m
      where m.board_id = c.board_id
        and (m.person_id = %(person)s
          or m.deputy_id = %(person)s and (m.deputy_until is null or m.deputy_until > %(now)s))
        and not exists (
          select from governance_revisionauthor a where a.change_id = c.id and a.person_id = m.person_id)
        and not exists (
          select from governance_vote v
          where v.revision_id = c.current_id and coalesce(v.on_behalf_of_id, v.person_id) = m.person_id))
  limit %(most)s) found
"""


def how_many_wait(access: Access, now: datetime, most: int) -> int:
    """How many changes wait for this person; not counted beyond ``most``."""
    if not access.person_id:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(_HOW_MANY, {"person": UUID(access.person_id), "now": now, "most": most})
        found: int = cursor.fetchone()[0]
    return found
