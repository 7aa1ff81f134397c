"""Stop a release: what waits stays in quarantine, what is in the inbox is judged by itself."""

from __future__ import annotations

from django.db import transaction

from controlplane.audit import services as audit
from controlplane.audit.models import Subject
from controlplane.foundation.errors import Conflict
from controlplane.people.access import Access, Action
from controlplane.transactions.models import Release, ReleaseItem, ReleaseItemState, ReleaseState
from controlplane.transactions.releases.carry import end


@transaction.atomic
def stop_release(access: Access, release_id: int) -> Release:
    """Keep back what has not begun. :class:`Conflict` when it has ended already."""
    Release.objects.get_visible_or_404(access, pk=release_id)
    release = Release.objects.select_for_update(of=("self",)).get(pk=release_id)
    access.require(Action.REPLAY, release.team_id)
    if release.state != ReleaseState.RUNNING:
        raise Conflict(f"Release {release_id} has ended already; nothing was stopped.")
    kept = ReleaseItem.objects.filter(release=release, state=ReleaseItemState.WAITING).count()
    end(release)
    audit.record(
        "release.stopped",
        actor=access.actor,
        subject=Subject("release", str(release_id)),
        details={"kept_back": kept},
    )
    return release
