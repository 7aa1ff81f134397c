"""Addresses of the area, and its tabs."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from controlplane.foundation import clock
from controlplane.governance.selectors.meetings import next_meeting
from controlplane.governance.selectors.waiting import waiting_for
from controlplane.people.access import Access


def tabs(access: Access, current: str) -> list[dict[str, Any]]:
    """The views of the area."""
    now = clock.now()
    waiting = waiting_for(access, now).count()
    meeting = next_meeting(now.astimezone(clock.zone()).date())
    changes, boards = reverse("governance:changes"), reverse("governance:boards")
    board = reverse("governance:meeting", args=[meeting.date]) if meeting else boards
    return [
        {"label": "Waiting for me", "url": f"{changes}?waiting=me", "current": current == "waiting"}
        | {"count": waiting or "", "hot": True},
        {"label": "All changes", "url": changes, "current": current == "changes"},
        {"label": "Board", "url": board, "current": current == "board"},
        {"label": "Decision log", "url": reverse("governance:log"), "current": current == "log"},
        {"label": "Boards", "url": boards, "current": current == "boards"},
    ]


def with_query(address: str, **parameters: Any) -> str:
    """The address with what is not empty of its parameters."""
    filled = {name: value for name, value in parameters.items() if value not in ("", None)}
    return f"{address}?{urlencode(filled)}" if filled else address


def number_in(text: str) -> int | None:
    """A number out of an address; None for what is none, or larger than any id."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None  # noqa: PLR2004 - what fits
