"""What people change about their own account: what they chose about the pages, their password, their sessions."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.contrib.auth import authenticate, update_session_auth_hash
from django.db import transaction
from django.db.models import F, Q
from django.http import HttpRequest

from controlplane.audit.models import Subject, Via
from controlplane.audit.services import record
from controlplane.foundation.errors import Invalid
from controlplane.people import services, sessions
from controlplane.people.access import access_of
from controlplane.people.models import Account
from controlplane.people.services import By

#: What somebody can choose; nothing else of an account is written here.
CHOSEN = ("time_zone", "theme", "density", "keys", "start_page", "environment", "muted")


def choose(account: Account, chosen: Mapping[str, Any]) -> None:
    """Keep what the person chose, by the names in :data:`CHOSEN`; the values were checked by whoever asks."""
    names = [name for name in CHOSEN if name in chosen]
    for name in names:
        setattr(account, name, chosen[name])
    account.save(update_fields=names)


def change_password(request: HttpRequest, account: Account, current: str, password: str) -> None:
    """Replace one's password. This session goes on, every other ends.

    :class:`Invalid` names ``current`` when that is not the password (wrong tries are counted with those at the
    sign-in, and lock the name there), or ``password`` when the new one is too weak or the same.
    """
    if authenticate(request, username=account.email, password=current) is None:
        _refused(request, account)
        raise Invalid("This is not your password; it was not changed. Capitals count.", field="current")
    if password == current:
        raise Invalid("This is the password that you have; choose another.", field="password")
    with transaction.atomic():
        services.set_password(account, password, by=By(access_of(request).actor, Via.PAGE))
        _go_on(request, account)


@transaction.atomic
def sign_out_elsewhere(request: HttpRequest, account: Account) -> int:
    """End every session of the account but this one; returns how many others were open."""
    here = request.session.session_key
    others = sessions.open_sessions(account).exclude(key=here).count()
    # Also those that nothing was noted about.
    Account.objects.filter(pk=account.pk).update(session_round=F("session_round") + 1)
    account.refresh_from_db(fields=["session_round"])
    sessions.end_all(account)
    _go_on(request, account)
    record(
        "sessions.ended",
        actor=access_of(request).actor,
        via=Via.PAGE,
        subject=Subject("account", str(account.pk)),
        details={"others": others},
    )
    return others


def have_seen(account: Account, at: datetime) -> None:
    """Notices up to ``at`` are no news any more; two open pages never turn that back."""
    same = Account.objects.filter(pk=account.pk)
    same.filter(Q(notices_seen_at=None) | Q(notices_seen_at__lt=at)).update(notices_seen_at=at)
    account.notices_seen_at = at


def _go_on(request: HttpRequest, account: Account) -> None:
    """Under a new key, which proves what the account has now."""
    update_session_auth_hash(request, account)
    sessions.remember(request, account)


@transaction.atomic
def _refused(request: HttpRequest, account: Account) -> None:
    if getattr(request, "axes_failures_since_start", None) is None:
        return  # the name is locked already, and that is on record
    record(
        "account.password_refused",
        actor=access_of(request).actor,
        via=Via.PAGE,
        subject=Subject("account", str(account.pk)),
        details={"address": sessions.address_of(request)},
    )
