"""Ask for a release: the selection is frozen, the first of it goes back to the inbox, the rest follows by itself.

Each event goes back under its own id, and is judged by today's contract and mapping; nothing is sent by the release.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from controlplane.audit import services as audit
from controlplane.audit.models import Subject
from controlplane.contracts.models import ContractVersion
from controlplane.foundation.doorbell import ring_on_commit
from controlplane.foundation.errors import Conflict, Invalid, NotAllowed
from controlplane.inventory.models import Integration
from controlplane.people.access import ALL, Access, Action
from controlplane.transactions.agreements import aside
from controlplane.transactions.models import Release, ReleaseItem, Transaction
from controlplane.transactions.releases.carry import advance
from controlplane.transactions.rules.states import TransactionState
from controlplane.transactions.selectors.agreements import works_by

#: As many as one replay takes. Of more the oldest, and another release takes the rest.
MOST = 10_000


def set_aside_by(access: Access, version: ContractVersion, most: int = MOST) -> list[UUID]:
    """What this version set aside and nobody let out yet, of teams for which this person may; the oldest first."""
    return aside.oldest(version, _integrations(access, version), most)


def _integrations(access: Access, version: ContractVersion) -> list[int]:
    teams = access.teams_that(Action.REPLAY)
    rows = Integration.objects.filter(pk__in=list(works_by(version.contract)))
    return list((rows if teams is ALL else rows.filter(team__in=teams)).values_list("pk", flat=True))


@transaction.atomic
def release_all(access: Access, version: ContractVersion, reason: str, *, token: UUID | None = None) -> Release:
    """Let out all that a version set aside. :class:`Conflict` when there is nothing, or nothing that one may."""
    return request_release(access, set_aside_by(access, version), reason, version=version, token=token)


@transaction.atomic
def request_release(
    access: Access,
    transaction_ids: Sequence[UUID],
    reason: str,
    *,
    version: ContractVersion | None = None,
    bodies: Mapping[UUID, UUID] | None = None,
    token: UUID | None = None,
) -> Release:
    """Freeze the selection and begin with it.

    ``bodies`` are edited ones, by which these events are judged. ``token`` is the form's: sent again it gives the
    release that there is, if that is of the same events or of all that the same version set aside. :class:`Invalid`
    without a reason or for too many, :class:`NotAllowed` when this person may let out none of it, :class:`Conflict`
    when none of it is in quarantine, or when the form has asked for others before.
    """
    if not reason.strip():
        raise Invalid("Say why it is released: the reason is kept.", field="reason")
    if len(transaction_ids) > MOST:
        raise Invalid(f"A release takes up to {MOST:,} events; {len(transaction_ids):,} were chosen.")
    if token is not None and (found := _of_token(access, token)) is not None:
        _check_same(found, version, transaction_ids)
        return found
    chosen = _allowed(access, transaction_ids)
    release = Release.objects.create(
        team_id=chosen[0][1],
        requested_by_id=UUID(access.person_id),
        reason=reason.strip(),
        version=version,
        total=len(chosen),
        token=token,
    )
    edited = bodies or {}
    ReleaseItem.objects.bulk_create(
        [ReleaseItem(release=release, transaction_id=pk, body_id=edited.get(pk)) for pk, _ in chosen], batch_size=2_000
    )
    begun = advance(release)
    if not begun:
        raise Conflict("None of it is in quarantine any more, or its body is not kept any more; nothing was changed.")
    details: dict[str, Any] = {"items": len(chosen), "edited": len(edited)}
    if version is not None:
        details["version"] = str(version)
    audit.record(
        "release.requested",
        actor=access.actor,
        subject=Subject("release", str(release.pk)),
        reason=release.reason,
        details=details,
    )
    ring_on_commit("process")
    ring_on_commit("release")
    return release


def _of_token(access: Access, token: UUID) -> Release | None:
    """The release that the same form has asked for already: one that is sent twice at once waits for itself."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s)", [(token.int >> 64) - (1 << 63)])
    return Release.objects.filter(token=token, requested_by_id=UUID(access.person_id)).first()


def _check_same(found: Release, version: ContractVersion | None, transaction_ids: Sequence[UUID]) -> None:
    """A form that is sent again for something else asks for what its release does not do.

    Of a version it is all that was set aside; what of that is let out by now is not among the ids any more.
    """
    same = found.version_id == (version.pk if version is not None else None)
    if same and version is None:
        same = set(found.items.values_list("transaction_id", flat=True)) == set(transaction_ids)
    if not same:
        raise Conflict(
            f"This form has asked for release {found.pk} already, of other events. Nothing more was released; "
            "go back and choose again."
        )


def _allowed(access: Access, transaction_ids: Sequence[UUID]) -> list[tuple[UUID, int]]:
    """Those in quarantine that this person may let out, in the order of arrival, each with its team."""
    rows = Transaction.objects.visible_to(access).filter(pk__in=transaction_ids, state=TransactionState.QUARANTINED)
    found = sorted(rows.values_list("pk", "integration__team_id"))
    allowed = [(pk, team) for pk, team in found if access.may(Action.REPLAY, team)]
    if found and not allowed:
        access.require(Action.REPLAY, found[0][1])
        raise NotAllowed("Nothing was released: your role does not replay for this team.")
    if not allowed:
        raise Conflict("None of it is in quarantine; nothing was changed.")
    return allowed
