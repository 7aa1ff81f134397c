"""Taking a cause in hand: its row is made on first use, and locked for whoever decides something about it."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.db.models import Q
from django.http import Http404

from controlplane.inventory.models import Integration
from controlplane.people.access import Access, Action
from controlplane.transactions.models import Cause, DeadLetter


def hold(access: Access, fingerprint: UUID, action: Action) -> Cause:
    """The cause's row, locked in the caller's transaction.

    404 where this person sees no letter of it; :class:`NotAllowed` when they may see it, and not do ``action``.
    """
    letters = DeadLetter.objects.visible_to(access).filter(fingerprint=fingerprint)
    integration_id = letters.values_list("integration_id", flat=True).first()
    if integration_id is None:
        raise Http404("There is no such cause, or it is not yours to see.")
    access.require(action, Integration.objects.values_list("team_id", flat=True).get(pk=integration_id))
    Cause.objects.bulk_create([Cause(fingerprint=fingerprint, integration_id=integration_id)], ignore_conflicts=True)
    return Cause.objects.select_for_update().get(pk=fingerprint)


def require_some(access: Access, action: Action, letters: Sequence[UUID], causes: Sequence[UUID] = ()) -> None:
    """:class:`NotAllowed` where this person sees something of a selection, and may do ``action`` with nothing of it."""
    seen = DeadLetter.objects.visible_to(access).filter(Q(pk__in=list(letters)) | Q(fingerprint__in=list(causes)))
    teams = set(seen.order_by().values_list("integration__team_id", flat=True).distinct())
    if teams and not any(access.may(action, team) for team in teams):
        access.require(action, min(teams))


def held_letter(access: Access, step_run_id: UUID, action: Action) -> DeadLetter:
    """A letter, locked; 404 and :class:`NotAllowed` as above."""
    letter = DeadLetter.objects.select_for_update(of=("self",)).get_visible_or_404(access, pk=step_run_id)
    access.require(action, Integration.objects.values_list("team_id", flat=True).get(pk=letter.integration_id))
    return letter
