"""What waits for one person: votes of theirs that are missing, and what they may apply."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db.models import Q
from django.db.models.expressions import RawSQL

from controlplane.governance.models import ChangeRequest, ChangeState
from controlplane.governance.models.changes import ChangeRequestQuerySet
from controlplane.people.access import Access

#: Every page asks it, and to put it together takes Django longer than PostgreSQL to answer it: so it is written out.
_TO_VOTE_ON = """
select c.id from governance_changerequest c, (select %s::uuid as id, %s::timestamptz as now) me
where c.state = 'proposed'
  and not exists (select from governance_revisionauthor a where a.change_id = c.id and a.person_id = me.id)
  and not exists (select from governance_vote v where v.revision_id = c.current_id and v.person_id = me.id)
  and exists (
    select from governance_boardmember m
    where m.board_id = c.board_id
      and (m.person_id = me.id or m.deputy_id = me.id and (m.deputy_until is null or m.deputy_until > me.now))
      and not exists (select from governance_revisionauthor a where a.change_id = c.id and a.person_id = m.person_id)
      and not exists (
        select from governance_vote v
        where v.revision_id = c.current_id and coalesce(v.on_behalf_of_id, v.person_id) = m.person_id))
"""


def to_vote_on(access: Access, now: datetime) -> ChangeRequestQuerySet:
    """Proposed changes on which this person has a vote that is not cast."""
    if not access.person_id:
        return ChangeRequest.objects.none()
    found: ChangeRequestQuerySet = ChangeRequest.objects.filter(
        pk__in=RawSQL(_TO_VOTE_ON, [UUID(access.person_id), now])  # noqa: S611 - nothing in it is anybody's but ours
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
