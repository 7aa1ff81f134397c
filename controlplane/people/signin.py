"""Sessions opened, closed and refused, each with its place in the audit.

Wrong names and wrong passwords look alike. What was typed as a name is kept only as a keyed digest,
here and in the counters of django-axes: people type passwords into the wrong field.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from axes.attempts import get_cool_off_threshold
from axes.models import AccessAttempt
from django.conf import settings
from django.contrib.auth import login
from django.db import transaction
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from controlplane.audit.models import Actor, Subject, Via
from controlplane.audit.services import record
from controlplane.people import sessions
from controlplane.people.access import access_for, access_of
from controlplane.people.models import Account, normalised
from controlplane.people.sessions import address_of

#: From one address, this many different names are put on record within the cool-off; axes counts the rest.
NAMES_ON_RECORD = 20

STRANGER = Actor(label="Nobody signed in")


@transaction.atomic
def open_session(request: HttpRequest, account: Account, *, keep: bool) -> None:
    """Sign in with a fresh session key; ``keep`` lets the session outlive the browser's window."""
    login(request, account)
    request.session.set_expiry(settings.SESSION_COOKIE_AGE if keep else 0)
    sessions.remember(request, account)
    record(
        "session.opened",
        actor=access_for(account).actor,
        via=Via.PAGE,
        subject=Subject("account", str(account.pk)),
        details={"address": address_of(request)},
    )


@transaction.atomic
def close_session(request: HttpRequest) -> None:
    """Sign out; harmless when nobody is signed in."""
    actor = access_of(request).actor
    sessions.close(request)
    if actor.account:
        record("session.closed", actor=actor, via=Via.PAGE, subject=Subject("account", actor.account))


@transaction.atomic
def record_refusal(request: HttpRequest, name: str) -> None:
    """Put a refused sign-in on record: the first of a name, and the one that locked it.

    What lies between is counted by axes, which sets the count on the request; a request without it
    came while the name was locked already.
    """
    failures = getattr(request, "axes_failures_since_start", None)
    if failures == settings.AXES_FAILURE_LIMIT:
        _record_refusal(request, name, "session.locked", {"failures": failures})
    elif failures == 1 and (names := _names_tried(request)) <= NAMES_ON_RECORD:
        last = {"last_on_record": True} if names == NAMES_ON_RECORD else {}
        _record_refusal(request, name, "session.refused", last)


def tried_name(_request: HttpRequest, credentials: Mapping[str, Any] | None) -> str:
    """The digest under which axes counts the tries of a name (``AXES_USERNAME_CALLABLE``)."""
    given = credentials or {}
    return digest(str(given.get("username") or given.get("email") or ""))


def digest(name: str) -> str:
    """A tried name as it is kept: keyed, so that it cannot be guessed from a list of names."""
    return salted_hmac("people.tried_name", normalised(name), algorithm="sha256").hexdigest()[:32]


def _record_refusal(request: HttpRequest, name: str, action: str, details: dict[str, Any]) -> None:
    record(
        action,
        actor=STRANGER,
        via=Via.PAGE,
        subject=Subject("tried name", digest(name)),
        details={"address": address_of(request)} | details,
    )


def _names_tried(request: HttpRequest) -> int:
    since = get_cool_off_threshold(request)
    return int(AccessAttempt.objects.filter(ip_address=address_of(request), attempt_time__gte=since).count())
