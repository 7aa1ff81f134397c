"""What goes wrong at Halden Instruments, and when: a round of an hour, again and again. Pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

ROUND_MINUTES = 60.0


class Trouble(Enum):
    """How a system is unwell."""

    DOWN = "answers 503"
    THROTTLES = "answers 429 to more than it likes"
    SLOW = "answers after seconds"
    SILENT = "takes a request and says nothing, now and then"
    BAD_RELEASE = "sends what others refuse"


@dataclass(frozen=True, slots=True)
class Story:
    """Trouble of one system, from a minute of the round for some minutes; ``told`` is how people would tell it."""

    system: str
    trouble: Trouble
    begins: float
    minutes: float
    told: str

    def runs(self, minute: float) -> bool:
        """Whether it is going on."""
        return self.begins <= minute % ROUND_MINUTES < self.begins + self.minutes


STORIES = (
    Story("odoo", Trouble.BAD_RELEASE, 3, 12, "A patch of Odoo writes tax ids with spaces; Stripe refuses them."),
    Story("salesforce", Trouble.DOWN, 22, 3, "Salesforce is down for three minutes; what it should hear waits."),
    Story("hubspot", Trouble.THROTTLES, 30, 3, "HubSpot's daily allowance is used up; it asks for pauses."),
    Story("gainsight", Trouble.SLOW, 36, 4, "Gainsight takes seconds for each answer."),
    Story("invoicing", Trouble.SILENT, 48, 2, "Invoicing takes orders and forgets to answer: was the invoice made?"),
)


@dataclass(frozen=True, slots=True)
class Weather:
    """What goes on, by a clock that gives the minutes since the sandbox began."""

    minutes: Callable[[], float]

    def has(self, system: str, trouble: Trouble) -> bool:
        """Whether ``system`` has that trouble now."""
        minute = self.minutes()
        return any(one.system == system and one.trouble is trouble and one.runs(minute) for one in STORIES)
