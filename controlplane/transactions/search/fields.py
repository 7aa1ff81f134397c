"""The fields that can be searched, what their values look like, and what is not there yet.

One table for the parser, its suggestions and the help on the page. Kinds of business keys
(``customer:``, ``order:``) are fields too; they come from the database and are passed in.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from types import MappingProxyType
from typing import Final

from controlplane.transactions.rules.states import TransactionState as State


class Shape(enum.Enum):
    """What the values of a field look like."""

    WORD = "word"
    NUMBER = "number"
    MOMENT = "moment"
    DAY = "day"
    CHOICE = "choice"
    UUID = "uuid"


@dataclass(frozen=True, slots=True)
class Field:
    """One field: ``units`` for numbers ("currency": any three letters), ``choices`` for words of a fixed list.

    ``refused`` maps words that the language knows but this installation cannot answer to the reason.
    """

    name: str
    shape: Shape
    meaning: str
    example: str
    choices: tuple[str, ...] = ()
    units: tuple[str, ...] = ()
    refused: Mapping[str, str] = field(default_factory=dict)


#: The words of ``status:`` and the states each stands for. ``paused`` is no state: see ``plan``.
STATUS_WORDS: Final[Mapping[str, tuple[State, ...]]] = MappingProxyType(
    {
        "ok": (State.SUCCEEDED,),
        "failed": (State.QUARANTINED, State.DEAD),
        "dead": (State.DEAD,),
        "running": (State.RECEIVED, State.RUNNING),
        "waiting": (State.WAITING,),
        "partial": (State.PARTIAL,),
        "paused": (),
        "skipped": (State.IGNORED,),
        "succeeded": (State.SUCCEEDED,),
        "received": (State.RECEIVED,),
        "quarantined": (State.QUARANTINED,),
        "cancelled": (State.CANCELLED,),
        "ignored": (State.IGNORED,),
    }
)

#: Units of durations, in seconds.
TIME_UNITS: Final[Mapping[str, Decimal]] = MappingProxyType(
    {"ms": Decimal("0.001"), "s": Decimal(1), "m": Decimal(60), "h": Decimal(3600), "d": Decimal(86_400)}
)
CURRENCY = "currency"
CURRENCY_LETTERS = 3

_NOT_KEPT: Final[Mapping[str, str]] = MappingProxyType(
    {
        "breaking": "this is about changes, which are not searched here",
        "overdue": "deadlines come with business processes, which are not there yet",
    }
)

_NOT_SEARCHED: Final[Mapping[str, str]] = MappingProxyType(
    {
        "incident": "there are no incidents here; people's notes on dead letters are has:comment",
    }
)

FIELDS: Final[tuple[Field, ...]] = (
    Field("status", Shape.CHOICE, "how it ended, or where it is", "status:failed", tuple(STATUS_WORDS)),
    Field("system", Shape.WORD, "source or target, by system or instance", "system:stripe"),
    Field("integration", Shape.WORD, "the integration it belongs to", "integration:order-to-invoice"),
    Field("flow", Shape.WORD, "the flow it ran through", "flow:order-to-invoice"),
    Field("type", Shape.WORD, "the event's type, whole", "type:invoice.paid.v1"),
    Field("environment", Shape.WORD, "the environment of its integration", "environment:staging"),
    Field("process", Shape.WORD, "the business process", "process:order-to-cash"),
    Field("step", Shape.WORD, "a step it has, by name or title", 'step:"Post the paid invoice"'),
    Field("error", Shape.WORD, "error class or the vendor's code, or their beginning", "error:tax_id_invalid"),
    Field("owner", Shape.WORD, "the team that owns the integration", "owner:billing"),
    Field("steward", Shape.WORD, "who decides about what its flow writes: a name, an address, or me", "steward:me"),
    Field("contract", Shape.WORD, "the contract it was judged by", "contract:paid-invoice"),
    Field("amount", Shape.NUMBER, "its money, in whole units", "amount:>1000eur", units=(CURRENCY,)),
    Field("duration", Shape.NUMBER, "from receipt to end, or until now", "duration:>2s", units=tuple(TIME_UNITS)),
    Field("attempts", Shape.NUMBER, "tries of its most tried step", "attempts:>3"),
    Field("after", Shape.MOMENT, "received since", "after:2h"),
    Field("before", Shape.MOMENT, "received before", "before:2026-11-23"),
    Field("on", Shape.DAY, "received on a day", "on:yesterday"),
    Field(
        "is",
        Shape.CHOICE,
        "open: waits for a person; mine: was given to you or your team, and waits; acked: waits, and somebody has"
        " acknowledged its cause; new: of today; replayed; duplicate: came again",
        "is:open",
        choices=("open", "mine", "acked", "new", "replayed", "duplicate"),
        refused=_NOT_KEPT,
    ),
    Field(
        "has",
        Shape.CHOICE,
        "breach: it wrote, or would have, what its source does not own; observed: it broke a contract, and was let in;"
        " comment: somebody left a note on its dead letter or the cause of it; pii: its contract names personal fields;"
        " drift: it came since the payloads of its type began to differ, as Discovered says",
        "has:breach",
        choices=("breach", "observed", "comment", "pii", "drift"),
        refused=_NOT_SEARCHED,
    ),
    Field("id", Shape.UUID, "the id of a transaction or of what was received", "id:019ab3…"),
    Field("trace", Shape.UUID, "the correlation id (W3C trace id)", "trace:4bf92f…"),
    Field(
        "text",
        Shape.WORD,
        "words in the headline, error or reason of what did not simply succeed; not in what is masked for you",
        'text:"spaces in tax ID"',
    ),
)

BY_NAME: Final[Mapping[str, Field]] = MappingProxyType({entry.name: entry for entry in FIELDS})


def key_fields(kinds: Iterable[str]) -> dict[str, str]:
    """Field name → kind of business key. A kind named like a field is written with ``-id``: ``contract-id:``."""
    return {f"{kind}-id" if kind in BY_NAME else kind: kind for kind in kinds}
