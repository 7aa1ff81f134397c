"""The frame around every page: where one is, what waits elsewhere, who one is, and how it looks.

A template reads ``shell.…``. Everything is worked out on first use, so a page without the frame
(sign-in, errors) costs no query.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from django.conf import settings
from django.http import HttpRequest

from controlplane.console.notifications import reading
from controlplane.foundation import clock
from controlplane.governance.selectors.waiting import waiting_for
from controlplane.inventory.environments import Environments
from controlplane.people.access import Access, Action, access_of
from controlplane.people.look import CHOICES, LABELS
from controlplane.people.models import Account, initials
from controlplane.transactions.models import DeadLetter, SavedView
from controlplane.transactions.selectors.pinned import pinned

#: The environment's name where the one-machine runtime plays its company.
SANDBOX = "sandbox"
#: What waits is counted so far; beyond it the exact number helps nobody, and costs.
COUNTED = 1000


@dataclass(frozen=True, slots=True)
class Count:
    """The number beside an area: ``Count(41, "open dead letters", hot=True)``. Hot: somebody waits."""

    number: int
    words: str
    hot: bool = False
    counted: int = COUNTED

    @property
    def shown(self) -> str:
        """The number with its thousands apart, or that there are more than are counted."""
        return f"{self.number:,}" if self.number <= self.counted else f"{self.counted:,}+"


@dataclass(frozen=True, slots=True)
class Area:
    """One entry of the main navigation; ``g`` and then ``letter`` goes there.

    ``follows`` is the kind of topic (``console.live``) that tells when its count has changed.
    """

    title: str
    icon: str
    url: str
    letter: str
    count: Callable[[Access], Count | None] = lambda _access: None
    follows: str = ""
    offered: Callable[[Access], bool] = lambda _access: True


@dataclass(frozen=True, slots=True)
class Entry:
    """An area as one request shows it."""

    area: Area
    current: bool
    count: Count | None


def open_dead_letters(access: Access) -> Count | None:
    """What waits for somebody, of the person's teams and where they look."""
    waiting = DeadLetter.objects.listed_for(access).filter(resolved_at=None)
    return Count(waiting[: COUNTED + 1].count(), "open dead letters", hot=True)


def waiting_changes(access: Access) -> Count | None:
    """What waits for this person's vote, or for them to apply it."""
    waiting = waiting_for(access, clock.now()).values("pk")
    return Count(waiting[: COUNTED + 1].count(), "changes wait for you", hot=True)


def _may_see_audit(access: Access) -> bool:
    return access.may_everywhere(Action.SEE_AUDIT)


OVERVIEW = "/overview/"
TRANSACTIONS = "/tx/"
CHANGES = "/changes/"

#: The areas that exist, in the order of ``ux/README.md``.
NAV = (
    Area("Overview", "overview", OVERVIEW, "o"),
    Area("Transactions", "tx", TRANSACTIONS, "t", count=open_dead_letters, follows="dead-letters"),
    Area("Integrations", "nodes", "/integrations/", "i"),
    Area("Changes", "change", CHANGES, "c", count=waiting_changes, follows="changes"),
    Area("Data", "data", "/data/ownership/", "d"),
    Area("Access", "key", "/access/audit/", "a", offered=_may_see_audit),
    Area("Access", "key", "/access/policies/", "a", offered=lambda access: not _may_see_audit(access)),
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

    @cached_property
    def views(self) -> list[SavedView]:
        """The saved views of this person and their teams, by name; the rest are on their page."""
        return pinned(self.access)

    @property
    def view(self) -> str:
        """The number of the saved view that the page shows, as its address has it."""
        return self.request.GET.get("view", "")

    @cached_property
    def bell(self) -> Count:
        """What concerns this person and came after they last looked at it."""
        account = self.request.user
        number = reading.known_new(account, self.access, clock.now()) if isinstance(account, Account) else 0
        return Count(number, "new for you", hot=True, counted=reading.COUNTED)

    @cached_property
    def environments(self) -> Environments:
        """What can be looked at, and what is; nothing to choose where nobody is signed in."""
        found: Environments = self.request.__dict__.get("environments") or Environments()
        return found

    @property
    def environment(self) -> str:
        """The name of what lists show: an environment, all of them, or the installation's where there is one only."""
        if self.environments.several:
            return self.environments.within.name if self.environments.within else "All environments"
        name: str = settings.ENVIRONMENT
        return name[:1].upper() + name[1:]

    @property
    def is_sandbox(self) -> bool:
        """Whether the company on the pages does not exist."""
        return in_sandbox()

    @property
    def says_sandbox(self) -> bool:
        """Whether that is to be said beside the environment: the switch says it where one looks at the sandbox."""
        within = self.environments.within
        return self.is_sandbox and (within is None or within.slug != SANDBOX)

    @property
    def search(self) -> str:
        """Where the search box sends what is asked."""
        return TRANSACTIONS

    @property
    def zone(self) -> str:
        """The time zone of every time on the page, by its IANA name."""
        return clock.zone().key

    @property
    def now(self) -> datetime:
        """The moment the page was made, in that zone."""
        return clock.now().astimezone(clock.zone())

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
        return [
            (name, LABELS[name], [(value, value == chosen(self.request, name)) for value in values])
            for name, values in CHOICES.items()
        ]


def in_sandbox() -> bool:
    """Whether this process serves the company that does not exist."""
    return bool(settings.ENVIRONMENT == SANDBOX)


def shell(request: HttpRequest) -> dict[str, Any]:
    """The context processor: ``shell`` in every template that is rendered with a request."""
    return {"shell": Shell(request)}


def chosen(request: HttpRequest, name: str) -> str:
    """The person's choice, kept with their account, and in the browser for the pages before the sign-in.

    The default when there is none that can be used.
    """
    account = getattr(request, "user", None)
    own = getattr(account, name) if isinstance(account, Account) else ""
    value = own or request.COOKIES.get(f"interlock_{name}", "")
    return value if value in CHOICES[name] else CHOICES[name][0]


def _root(area: Area) -> str:
    """The first step of an area's address: ``/access/`` for ``/access/audit/``."""
    return f"/{area.url.split('/')[1]}/"
