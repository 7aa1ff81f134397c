"""The sandbox's tour: the first-run page while the sandbox is there, being one of its people, and what is running."""

from __future__ import annotations

from ipaddress import ip_address
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_POST

from controlplane.foundation.errors import NotAllowed, NotFound
from controlplane.people import signin
from controlplane.people.access import Action, access_of
from controlplane.standalone import running
from controlplane.standalone.choices import chosen_places
from controlplane.standalone.sandbox import tour as sandbox
from controlplane.standalone.sandbox.marks import Marks

#: The environment's name while the sandbox is played (``installation.py``).
SANDBOX = "sandbox"
LOCAL = frozenset({"127.0.0.1", "localhost", "::1"})
FORWARDED = ("HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_HOST", "HTTP_FORWARDED", "HTTP_X_REAL_IP")


def tour(request: HttpRequest) -> HttpResponse | None:
    """The first-run page of the sandbox; None without one."""
    if (marks := _sandbox()) is None:
        return None
    parts = running.parts()
    context = {
        "players": sandbox.players(),
        "tries": sandbox.TRIES,
        "now": sandbox.right_now(marks.minutes()),
        "at_hand": _at_hand(request),
        "first": True,
        "parts": parts,
        "well": running.all_well(parts),
    }
    return render(request, "standalone/welcome.html", context)


@require_GET
def running_parts(request: HttpRequest) -> HttpResponse:
    """The parts alone, asked anew: for the page that waits until all of them run."""
    if _sandbox() is None:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        access_of(request).require_everywhere(Action.OPERATE)
    parts = running.parts(asks_the_worker=True)
    return render(request, "standalone/_polled.html", {"parts": parts, "well": running.all_well(parts)})


@require_POST
def be(request: HttpRequest, name: str) -> HttpResponse:
    """Come in as one of the sandbox's people, at the machine itself; the operator among them needs the password."""
    if _sandbox() is None:
        if not request.user.is_authenticated:
            return redirect_to_login(reverse("console:welcome"))
        raise NotFound("There is no sandbox here.")
    if not _at_hand(request):
        raise NotAllowed(
            "From another machine one signs in with a password: `make up` showed those of the sandbox, and "
            "`manage.py sandbox status` shows them again."
        )
    account = sandbox.account_of(name)
    if account is None:
        raise NotFound("Nobody of that name can be had without a password.")
    account.backend = settings.AUTHENTICATION_BACKENDS[-1]
    signin.open_session(request, account, keep=False)
    return redirect(_next(request, name))


def _next(request: HttpRequest, name: str) -> str:
    wanted = request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(wanted, None)
    return wanted if wanted.startswith("/") and is_ours else next(p.path for p in sandbox.PARTS if p.name == name)


def _sandbox() -> Marks | None:
    """The sandbox, where this process plays it."""
    marks = Marks(chosen_places())
    return marks if settings.ENVIRONMENT == SANDBOX and marks.is_there else None


def _at_hand(request: HttpRequest) -> bool:
    """Whether the browser is on this machine: nobody forwards, and it asks for this machine by its own name."""
    if any(name in request.META for name in FORWARDED):
        return False
    try:
        is_loopback = ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False
    return is_loopback and urlsplit(f"//{request.get_host()}").hostname in LOCAL
