"""The frame around every page: where one is, what waits elsewhere, who one is, and how it looks.

A template reads ``shell.…``. Everything is worked out on first use, so a page without the frame
(sign-in, errors) costs no query.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpRequest

from controlplane.foundation import clock
from controlplane.people.access import Access, Action, access_of
from controlplane.people.models import initials
from controlplane.transactions.models import DeadLetter

#: What a person can choose about how pages look, kept in cookies; the first value is the default.
CHOICES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "theme": ("system", "light", "dark"),
        "density": ("standard", "compact", "comfortable"),
        "keys": ("on", "off"),
    }
)


#: What waits is counted so far; beyond it the exact number helps nobody, and costs.
COUNTED = 1000


@dataclass(frozen=True, slots=True)
class Count:
    """The number beside an area: ``Count(41, "open dead letters", hot=True)``. Hot: somebody waits."""

    number: int
    words: str
    hot: bool = False

    @property
    def shown(self) -> str:
        """The number with its thousands apart, or that there are more than are counted."""
        return f"{self.number:,}" if self.number <= COUNTED else f"{COUNTED:,}+"


@dataclass(frozen=True, slots=True)
class Area:
    """One entry of the main navigation; ``g`` and then ``letter`` goes there."""

    title: str
    icon: str
    url: str
    letter: str
    count: Callable[[Access], Count | None] = lambda _access: None
    offered: Callable[[Access], bool] = lambda _access: True


@dataclass(frozen=True, slots=True)
class Entry:
    """An area as one request shows it."""

    area: Area
    current: bool
    count: Count | None


def open_dead_letters(access: Access) -> Count | None:
    """Everything of the person's teams that waits for somebody."""
    waiting = DeadLetter.objects.visible_to(access).filter(resolved_at=None)
    return Count(waiting[: COUNTED + 1].count(), "open dead letters", hot=True)


def _may_see_audit(access: Access) -> bool:
    return access.may_everywhere(Action.SEE_AUDIT)


TRANSACTIONS = "/tx/"

#: The areas that exist, in the order of ``ux/README.md``.
NAV = (
    Area("Transactions", "tx", TRANSACTIONS, "t", count=open_dead_letters),
    Area("Integrations", "nodes", "/integrations/", "i"),
    Area("Access", "key", "/access/audit/", "a", offered=_may_see_audit),
)


class Shell:
    """The frame of one request."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request

    @cached_property
    def access(self) -> Access:
        """What the person may see and do."""
        return access_of(self.request)

    @property
    def initials(self) -> str:
        """The letters of the person's round mark."""
        return initials(self.access.name)

    @cached_property
    def nav(self) -> list[Entry]:
        """The areas this person is offered, with their counts."""
        return [
            Entry(area, self.request.path.startswith(_root(area)), area.count(self.access))
            for area in NAV
            if area.offered(self.access)
        ]

    @property
    def environment(self) -> str:
        """The name of this environment, as it is shown."""
        name: str = settings.ENVIRONMENT
        return name[:1].upper() + name[1:]

    @property
    def search(self) -> str:
        """Where the search box sends what is asked."""
        return TRANSACTIONS

    @property
    def zone(self) -> str:
        """The time zone of every time on the page, by its IANA name."""
        name: str = settings.TIME_ZONE_SHOWN
        return name

    @property
    def now(self) -> datetime:
        """The moment the page was made, in that zone."""
        return clock.now().astimezone(ZoneInfo(self.zone))

    @property
    def theme(self) -> str:
        """``light``, ``dark``, or ``system``."""
        return chosen(self.request, "theme")

    @property
    def density(self) -> str:
        """``compact``, ``standard`` or ``comfortable``."""
        return chosen(self.request, "density")

    @property
    def keys(self) -> str:
        """Whether single letters act: ``on`` or ``off`` (WCAG 2.1.4)."""
        return chosen(self.request, "keys")

    @property
    def choices(self) -> list[tuple[str, str, list[tuple[str, bool]]]]:
        """For the menu: name, label, and every value with whether it is the current one."""
        labels = {"theme": "Theme", "density": "Rows", "keys": "Single-letter keys"}
        return [
            (name, labels[name], [(value, value == chosen(self.request, name)) for value in values])
            for name, values in CHOICES.items()
        ]


def shell(request: HttpRequest) -> dict[str, Any]:
    """The context processor: ``shell`` in every template that is rendered with a request."""
    return {"shell": Shell(request)}


def chosen(request: HttpRequest, name: str) -> str:
    """The person's choice, or the default when there is none that can be used."""
    value = request.COOKIES.get(f"interlock_{name}", "")
    return value if value in CHOICES[name] else CHOICES[name][0]


def _root(area: Area) -> str:
    """The first step of an area's address: ``/access/`` for ``/access/audit/``."""
    return f"/{area.url.split('/')[1]}/"
