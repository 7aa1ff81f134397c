"""Addresses of the pages of transactions: all state is in them, personal values are not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.urls import reverse

from controlplane.people.access import Access
from controlplane.transactions.search.personal import is_personal
from controlplane.transactions.views import kept


def search_url(access: Access, text: str, **more: Any) -> str:
    """The search page for ``text``; parameters that are empty are left out."""
    return _with(reverse("transactions:search"), search_parameters(access, text) | more)


def addresses_of(access: Access, text: str, **keep: Any) -> Callable[..., str]:
    """Addresses of one search, however many: how it is named, which may ask the cache, is found out once."""
    named = search_parameters(access, text) | keep
    return lambda **more: _with(reverse("transactions:search"), named | more)


def search_parameters(access: Access, text: str) -> dict[str, str]:
    """How an address names a search: by its text, or by the id under which it is kept."""
    if not text:
        return {}
    return {"kept": kept.keep(access, text)} if is_personal(text) else {"q": text}


def newer_url(access: Access, text: str, since: UUID) -> str:
    """Where a list of ``text`` asks how many came after ``since``, its newest."""
    return _with(reverse("transactions:newer"), search_parameters(access, text) | {"since": str(since)})


def replay_found_url(access: Access, text: str) -> str:
    """The dry run of a replay of what ``text`` finds."""
    return _with(reverse("transactions:replay-found"), search_parameters(access, text))


def transaction_url(identifier: UUID, **more: Any) -> str:
    """The page of one transaction."""
    return _with(reverse("transactions:detail", args=[identifier]), more)


def dead_url(**more: Any) -> str:
    """The page of dead letters."""
    return _with(reverse("transactions:dead"), more)


def tabs(current: str, dead: int, running: int) -> list[dict[str, Any]]:
    """The views of the area."""
    return [
        {"label": "Search", "url": reverse("transactions:search"), "current": current == "search"},
        {"label": "Dead letters", "url": reverse("transactions:dead"), "current": current == "dead"}
        | {"count": f"{dead:,}" if dead else "", "hot": True},
        {"label": "Replays", "url": reverse("transactions:replays"), "current": current == "replays"}
        | {"count": f"{running} running" if running else ""},
        {"label": "Exports", "url": reverse("transactions:exports"), "current": current == "exports"},
        {"label": "Destinations", "url": reverse("transactions:destinations"), "current": current == "destinations"},
    ]


def _with(address: str, parameters: dict[str, Any]) -> str:
    filled = {name: value for name, value in parameters.items() if value not in ("", None)}
    return f"{address}?{urlencode(filled)}" if filled else address
