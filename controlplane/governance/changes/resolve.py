"""Say that what a comment asks is answered, or open it again: by who wrote it, or whoever may propose the change."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from controlplane.audit import services as audit
from controlplane.audit.models import Subject, Via
from controlplane.foundation.errors import NotAllowed, NotFound
from controlplane.governance.changes.locking import locked, require_owner
from controlplane.governance.kinds import kind_called
from controlplane.governance.models import ChangeRequest, Comment, Resolution
from controlplane.governance.selectors.comments import comments_of
from controlplane.people.access import Access


@transaction.atomic
def resolve(access: Access, change_id: int, comment_id: int, *, resolved: bool, via: Via = Via.PAGE) -> Comment:
    """Keep that it is resolved, or open again; what is so already stays so, and nothing is kept of it twice."""
    change = locked(access, change_id)
    found = comments_of(change).filter(pk=comment_id).first()
    if found is None:
        raise NotFound(f"Nobody said that about {change}; nothing was changed.")
    if why := why_not_resolve(access, change, found):
        raise NotAllowed(f"{why} Nothing was changed.")
    # Annotated: the newest resolution, None before the first.
    if bool(getattr(found, "resolved", None)) is resolved:
        return found
    Resolution.objects.create(
        comment=found, person_id=UUID(access.person_id), account=UUID(access.account_id), resolved=resolved
    )
    action = "change.comment_resolved" if resolved else "change.comment_reopened"
    subject = Subject("change", str(change.pk))
    audit.record(action, actor=access.actor, via=via, subject=subject, details={"comment": found.pk})
    return found


def why_not_resolve(access: Access, change: ChangeRequest, said: Comment) -> str:
    """Why this person does not say whether a comment is answered; empty when they may."""
    if access.person_id and str(said.person_id) == access.person_id:
        return ""
    try:
        require_owner(access, change, kind_called(change.kind))
    except NotAllowed:
        return "Whoever said it, or may propose the change, says whether it is answered."
    except NotFound as unknown:
        return unknown.detail
    return ""
