"""The sections of which an entry can be proposed, each as a kind of change."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from controlplane.console.entries.rules.endpoints import ENDPOINT
from controlplane.console.entries.rules.flows import FLOW
from controlplane.console.entries.rules.integrations import INTEGRATION
from controlplane.console.entries.rules.judging import Rule
from controlplane.console.entries.rules.mappings import MAPPING, NORMALISATION
from controlplane.console.entries.rules.targets import CREDENTIAL, DESTINATION, INSTANCE

Said = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Sort:
    """One of them: the name of the kind, which its subjects have too, its section, and how people speak of it.

    ``quiet`` makes of a new entry the same one at rest, which is how it is taken back: nothing is deleted. None where
    there is no such thing. ``means`` says in a line what a change of it is.
    """

    name: str
    section: str
    label: str
    one: str
    means: str
    rules: Sequence[Rule]
    quiet: Callable[[Said], Said] | None = None


def _closed(entry: Said) -> Said:
    return entry | {"active": False}


def _starts_with_nothing(entry: Said) -> Said:
    return entry | {"routes": []}


def _retired(entry: Said) -> Said:
    return entry | {"stage": "retired"}


SORTS: Final[Mapping[str, Sort]] = {
    one.name: one
    for one in (
        Sort(
            "integration",
            "integrations",
            "Integration",
            "integration",
            "A new integration, or another word in its record.",
            INTEGRATION,
            _retired,
        ),
        Sort(
            "endpoint",
            "endpoints",
            "Exposure of an endpoint",
            "endpoint",
            "A door that senders reach: opened, closed, how they prove themselves, its limits.",
            ENDPOINT,
            _closed,
        ),
        Sort(
            "flow",
            "flows",
            "Flow version",
            "flow",
            "What is done with an event: the steps, their mappings, and what starts it.",
            FLOW,
            _starts_with_nothing,
        ),
        Sort(
            "mapping",
            "mappings",
            "Mapping version",
            "mapping",
            "What is made of a record; events that are mapped by it take the new version up.",
            MAPPING,
        ),
        Sort(
            "normalisation",
            "normalisations",
            "What an event becomes",
            "event",
            "By which contract and mapping a type of event is read, and what it is called here.",
            NORMALISATION,
        ),
        Sort(
            "destination",
            "destinations",
            "Subscription (destination)",
            "destination",
            "Who is sent what happens here: a receiver's webhook, a system, a broker; and how hard it is called.",
            DESTINATION,
            _closed,
        ),
        Sort(
            "instance",
            "instances",
            "Event consumer (instance)",
            "instance",
            "Where a system answers, which queues of it we take from, and which topics we may write.",
            INSTANCE,
        ),
        Sort(
            "credential",
            "credentials",
            "Credential",
            "credential",
            "Which secret proves us to a system, and so with which rights.",
            CREDENTIAL,
        ),
    )
}
BY_SECTION: Final[Mapping[str, Sort]] = {one.section: one for one in SORTS.values()}
