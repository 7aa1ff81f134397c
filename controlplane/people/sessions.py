"""Where an account is signed in, and how that is ended."""

from __future__ import annotations

from django.contrib.auth import logout
from django.contrib.sessions.models import Session
from django.db.models import QuerySet
from django.http import HttpRequest

from controlplane.foundation import clock
from controlplane.people.models import Account, OpenSession

#: What a browser calls itself, newest pretenders first: Edge says that it is Chrome, and Chrome that it is Safari.
_BROWSERS = (("Edg", "Edge"), ("OPR", "Opera"), ("Firefox", "Firefox"), ("Chrome", "Chrome"), ("Safari", "Safari"))
_MACHINES = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS", "macOS"),
    ("Linux", "Linux"),
)
_CLOSED = "interlock.session_closed"


def remember(request: HttpRequest, account: Account) -> None:
    """Note the session that was just opened; what is noted of sessions that are over goes."""
    if request.session.session_key is None:
        request.session.save()
    OpenSession.objects.filter(account=account).exclude(key__in=_alive()).delete()
    OpenSession.objects.create(
        account=account,
        key=request.session.session_key or "",
        opened_at=clock.now(),
        address=(address_of(request) or "")[:64],
        browser=browser_called(request.headers.get("user-agent", "")),
    )


def open_sessions(account: Account) -> QuerySet[OpenSession]:
    """Where the account is signed in now, newest first."""
    return OpenSession.objects.filter(account=account, key__in=_alive()).order_by("-opened_at")


def end_all(account: Account) -> int:
    """Take every noted session of the account away; returns how many were open."""
    keys = list(OpenSession.objects.filter(account=account).values_list("key", flat=True))
    ended, _ = Session.objects.filter(session_key__in=keys).delete()
    OpenSession.objects.filter(account=account).delete()
    return ended


def close(request: HttpRequest) -> None:
    """End the request's own session; the answer takes the browser's cookie away."""
    OpenSession.objects.filter(key=request.session.session_key or "").delete()
    logout(request)
    request.META[_CLOSED] = True


def is_closed(request: HttpRequest) -> bool:
    """Whether this very request ended its session, and not another one the session it came with."""
    return _CLOSED in request.META


def address_of(request: HttpRequest) -> str | None:
    """Where a request comes from."""
    found: str | None = request.META.get("REMOTE_ADDR")
    return found or None


def browser_called(agent: str) -> str:
    """What a person would call a browser that calls itself ``agent``: “Firefox on Linux”."""
    browser = next((name for word, name in _BROWSERS if word in agent), "A browser")
    machine = next((name for word, name in _MACHINES if word in agent), "")
    return f"{browser} on {machine}" if machine else browser


def _alive() -> QuerySet[Session, str]:
    return Session.objects.filter(expire_date__gt=clock.now()).values_list("session_key", flat=True)
