"""Revise a change: a new immutable revision, which voids the votes on the one before it."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.db import transaction

from controlplane.audit import services as audit
from controlplane.audit.models import Subject, Via
from controlplane.foundation.errors import Conflict, Invalid
from controlplane.governance.changes.locking import locked, require_owner, require_state
from controlplane.governance.changes.writing import write_revision
from controlplane.governance.kinds import Content, kind_called
from controlplane.governance.models import OPEN, ChangeRequest, ChangeState, Vote
from controlplane.people.access import Access


@transaction.atomic
def revise(
    access: Access,
    change_id: int,
    content: Content,
    *,
    after: int,
    title: str | None = None,
    why: str | None = None,
    authors: Sequence[UUID] = (),
    via: Via = Via.PAGE,
) -> ChangeRequest:
    """Add a revision; whoever does it becomes an author, without a vote on any revision of this change.

    ``after`` is the number of the revision that the person saw: another one meanwhile is a :class:`Conflict`.
    """
    change = locked(access, change_id)
    kind = kind_called(change.kind)
    require_owner(access, change, kind)
    require_state(change, *OPEN)
    before = change.revision
    if before.number != after:
        raise Conflict(f"Version {before.number} arrived meanwhile. Load {change} again; nothing was changed.")
    if kind.describe_new is not None and kind.describe_new(change.subject, content).team_id != change.team_id:
        raise Invalid("That would make it another team's. Propose it there; nothing was changed.", field="content")
    voided = Vote.objects.filter(revision=before).count()
    revision = write_revision(
        access,
        change,
        kind,
        content,
        title=before.title if title is None else title,
        why=before.why if why is None else why,
        authors=authors,
    )
    if change.state != ChangeState.DRAFT:
        kind.proposed(change)
    audit.record(
        "change.revised",
        actor=access.actor,
        via=via,
        subject=Subject("change", str(change.pk)),
        reason=revision.why,
        details={"revision": revision.number, "content_hash": revision.content_hash, "votes_voided": voided},
    )
    return change
