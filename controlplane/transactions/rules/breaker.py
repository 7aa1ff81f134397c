"""When a destination is left in peace: a circuit breaker, as a pure rule over what its row holds.

Each call that the destination did not answer as it should counts one up, each answer one down, however many
events it carried: so a destination that fails more often than not is given rest, and one that fails now and
then is not. After the rest a few calls at a time are let through as probes; when they go well, so does everything.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from django.db.models import IntegerChoices

from connectors.errors import TOPIC_DENIED, UNKNOWN_TOPIC
from controlplane.transactions.rules.states import Outcome

#: So many more failures than answers open it.
THRESHOLD = 10
#: Calls at once while it is half open, by all workers together; and how many have to go well.
PROBES = 3
#: Seconds of the first rest. It doubles each time the probes fail.
FIRST_REST = 15.0
LONGEST_REST = 300.0

#: The destination answered, if only to say no (:func:`is_answer`).
ANSWERED = frozenset({Outcome.SUCCEEDED, Outcome.FOUND, Outcome.NOT_FOUND, Outcome.REJECTED, Outcome.CONTRACT_BROKEN})
#: It did not, or would not for anybody with this credential. Others say nothing about it: a 429 or 410 pauses it.
UNWELL = frozenset({Outcome.TRANSIENT, Outcome.UNKNOWN, Outcome.AUTH_FAILED})
#: It answered, of one of its topics: if that counted, a few events for it would keep everything from all the others.
OF_ONE_TOPIC = frozenset({(Outcome.AUTH_FAILED, TOPIC_DENIED), (Outcome.TRANSIENT, UNKNOWN_TOPIC)})


def is_answer(outcome: Outcome, detail: str = "", *, sent: bool = True) -> bool:
    """Whether a call with that outcome, and the detail of its error, is an answer of one that is well.

    A refusal of what was never ``sent`` is the connector's own.
    """
    return (outcome in ANSWERED and (sent or outcome is not Outcome.REJECTED)) or (outcome, detail) in OF_ONE_TOPIC


def is_unwell(outcome: Outcome, detail: str = "") -> bool:
    """Whether it is what the destination is given rest for."""
    return outcome in UNWELL and (outcome, detail) not in OF_ONE_TOPIC


class BreakerState(IntegerChoices):
    """As ``destination_state.breaker`` has it: a database row, so that all workers agree."""

    CLOSED = 0, "Closed"
    OPEN = 1, "Open"
    HALF_OPEN = 2, "Half open"


@dataclass(frozen=True, slots=True)
class Breaker:
    """``failures`` is the score while closed; ``openings`` counts rests in a row; ``probes`` those that went well."""

    state: BreakerState = BreakerState.CLOSED
    failures: int = 0
    openings: int = 0
    probes: int = 0

    def after(self, answered: int, unwell: int) -> Breaker:
        """What it is after so many calls; the caller begins the rest when it has just opened."""
        match self.state:
            case BreakerState.CLOSED:
                score = max(0, self.failures + unwell - answered)
                return self._open() if score >= THRESHOLD else replace(self, failures=score)
            case BreakerState.HALF_OPEN if unwell:
                return self._open()
            case BreakerState.HALF_OPEN:
                good = self.probes + answered
                return Breaker() if good >= PROBES else replace(self, probes=good)
            case BreakerState.OPEN:  # late outcomes of calls from before
                return self

    @property
    def rest(self) -> float:
        """Seconds to rest after opening."""
        return float(min(LONGEST_REST, FIRST_REST * 2 ** max(0, self.openings - 1)))

    def _open(self) -> Breaker:
        return Breaker(BreakerState.OPEN, failures=THRESHOLD, openings=self.openings + 1)
