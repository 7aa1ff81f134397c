"""What a newcomer is shown of the sandbox: who to be, where that begins, what to try, and what goes on right now."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from controlplane.people.models import Account, initials
from controlplane.people.roles import Role
from controlplane.standalone.sandbox.people import SHOWN, Worker
from controlplane.standalone.sandbox.stories import ROUND_MINUTES, STORIES, Story


@dataclass(frozen=True, slots=True)
class Part:
    """One way of using Interlock: what this person can do today, and where that begins."""

    name: str
    can: str
    page: str
    path: str


PARTS = (
    Part("elif", "Find what became of Brandt’s orders, and whether they are safe.", "Transactions", "/tx/"),
    Part(
        "jonas",
        "See what runs between the systems, who owns it and how it is.",
        "Integrations",
        "/integrations/",
    ),
    Part("mara", "Clear dead letters without charging anyone twice.", "Dead letters", "/tx/dead/"),
    Part("greta", "See which processes are kept this month. Print one page.", "Overview", "/overview/"),
    Part("priya", "Read who did what, and check that nobody changed the record.", "Audit", "/access/audit/"),
    Part("oskar", "Run the platform: destinations, tokens, everybody’s work.", "Destinations", "/tx/destinations/"),
)


@dataclass(frozen=True, slots=True)
class Player:
    """A person of the sandbox as one can be them."""

    worker: Worker
    part: Part

    @property
    def first_name(self) -> str:
        """What colleagues say."""
        return self.worker.name.split()[0]

    @property
    def initials(self) -> str:
        """The letters of the round mark."""
        return initials(self.worker.name)

    @property
    def freely(self) -> bool:
        """Who operates the platform reaches more than the make-believe company, so they have to know the password."""
        return self.worker.role is not Role.OPERATOR


@dataclass(frozen=True, slots=True)
class Try:
    """Something to try, as somebody, from some page on."""

    title: str
    minutes: int
    words: str
    button: str
    name: str
    path: str


TRIES = (
    Try(
        "Follow one order",
        2,
        "Search C-1042, open one of Brandt’s orders and see each step, what the payload was before and after, and what "
        "the other side answered.",
        "Search C-1042",
        "elif",
        "/tx/?q=customer:C-1042",
    ),
    Try(
        "Repair what failed",
        3,
        "See which failures share a cause, edit what is sent or wait for the repair, replay with a reason, and see "
        "that nothing is written twice.",
        "Open the dead letters",
        "mara",
        "/tx/dead/",
    ),
    Try(
        "Watch a system fail",
        4,
        "Systems go down, throttle and dawdle by the hour. See retries, the breaker, and that all arrives in the end.",
        "See the destinations",
        "mara",
        "/tx/destinations/",
    ),
    Try(
        "Join two that are one",
        2,
        "Brandt is HS-1042 in HubSpot and C-1042 everywhere else. Merge the two, find forms and orders by either id, "
        "and undo it again.",
        "Find HS-1042",
        "mara",
        "/data/identities/?q=HS-1042",
    ),
)


def players() -> list[Player]:
    """Those whose sign-ins are shown, the four of the first row first."""
    by_name = {worker.email.partition("@")[0]: worker for worker in SHOWN}
    return [Player(by_name[part.name], part) for part in PARTS]


def account_of(name: str) -> Account | None:
    """The open account of somebody whom one can be freely."""
    found = next((player for player in players() if player.part.name == name and player.freely), None)
    return Account.objects.filter(email=found.worker.email, is_active=True).first() if found else None


def right_now(minute: float) -> str:
    """What goes on, by the minutes since the sandbox began, or what is next."""
    running = [story.told for story in STORIES if story.runs(minute)]
    if running:
        return f"Right now: {' '.join(running)}"
    story, wait = min(_to_come(minute), key=lambda pair: pair[1])
    minutes = max(1, round(wait))
    return f"Right now all is quiet. In {minutes} {'minute' if minutes == 1 else 'minutes'}: {story.told}"


def _to_come(minute: float) -> Iterator[tuple[Story, float]]:
    """Each story with the minutes until it begins."""
    for story in STORIES:
        yield story, (story.begins - minute) % ROUND_MINUTES
