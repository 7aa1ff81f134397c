"""Checks of what an operator may have left open."""

from __future__ import annotations

import stat
from urllib.parse import urlsplit

from django.conf import settings
from django.http.request import validate_host

from controlplane.standalone.doctor.finding import Finding, bad, ok, warn

LOCAL = {"127.0.0.1", "localhost", "[::1]"}
SHOWN = 5


def secrets_folder() -> Finding:
    """Nobody else can read the files that ``file://`` references name."""
    folder = settings.SECRETS_FOLDER
    if not folder.exists():
        return ok(f"{folder} does not exist; no file:// reference can be used")
    open_to_others = [path for path in (folder, *folder.rglob("*")) if stat.S_IMODE(path.stat().st_mode) & 0o077]
    if open_to_others:
        named = ", ".join(str(path) for path in open_to_others[:SHOWN])
        return bad(f"Others may read {named}.", f"`chmod -R go= {folder}`")
    return ok(str(folder))


def public_url() -> Finding:
    """The address that people and senders use is one that the web server answers to."""
    parts = urlsplit(settings.PUBLIC_URL)
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname or ""
    if parts.scheme not in {"http", "https"} or not host or parts.path:
        return bad(
            f"INTERLOCK_PUBLIC_URL={settings.PUBLIC_URL!r} is no address.", "It looks like https://interlock.example."
        )
    if not validate_host(host, settings.ALLOWED_HOSTS):
        return bad(
            f"Requests to {settings.PUBLIC_URL} are refused: {host} is not among INTERLOCK_HOSTS.",
            f"Set INTERLOCK_HOSTS={','.join([host, *settings.ALLOWED_HOSTS])}",
        )
    if parts.scheme == "http" and host not in LOCAL:
        return warn(
            f"{settings.PUBLIC_URL} is not encrypted: passwords and payloads can be read on the way.",
            "Put a proxy with a certificate in front, and set INTERLOCK_PUBLIC_URL to its https:// address.",
        )
    return ok(settings.PUBLIC_URL)


def debugging() -> Finding:
    """Tracebacks, which show payloads and settings, are not shown to strangers."""
    if not settings.DEBUG:
        return ok("off")
    if LOCAL.issuperset(settings.ALLOWED_HOSTS):
        return warn(
            "On: errors show tracebacks with payloads in them.", "Unset INTERLOCK_DEBUG when you have finished."
        )
    return bad("On, while other machines may ask for pages.", "Unset INTERLOCK_DEBUG.")
