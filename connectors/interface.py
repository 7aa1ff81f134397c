"""The one interface of a connector, and the registry of those that exist.

A connector is a class in ``connectors/<kind>/connector.py``. It is cheap to make and holds no
connection of its own: all traffic goes through the ``Transport`` it is given (invariant 6).
What a system lacks raises :class:`~connectors.errors.NotSupported`, which the base class does.
"""

from __future__ import annotations

import importlib
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from connectors.errors import ConnectorError, NotSupported
from connectors.messages import (
    Catalogue,
    Event,
    Health,
    Operation,
    OperationSpec,
    Page,
    Question,
    Receipt,
    Record,
    Request,
    Secret,
    StreamSpec,
)

if TYPE_CHECKING:
    from connectors.transport import Transport


def _utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Context:
    """What a connector is given: where its system is, how to prove itself, and how to get there.

    ``settings`` are plain values (``{"database": "tryton"}``), never secrets; who reads a stream adds
    ``page_size``, the number of records that a page should have. ``secrets`` are
    resolved by name just before use, by the process that uses them.
    """

    base_url: str
    transport: Transport
    settings: Mapping[str, Any] = field(default_factory=dict)
    secrets: Mapping[str, Secret] = field(default_factory=dict)
    now: Callable[[], datetime] = _utc_now
    deadline: float = 30.0


class Connector:
    """One system's words, translated. Subclasses override what their system has."""

    kind: ClassVar[str] = ""
    title: ClassVar[str] = ""
    #: Where this connector was proved: "stripe-python 16 and localstripe 1.15", or "" when never.
    proven_against: ClassVar[str] = ""
    streams: ClassVar[tuple[StreamSpec, ...]] = ()
    operations: ClassVar[tuple[OperationSpec, ...]] = ()
    #: Names of ``Context.secrets`` that it needs.
    secret_names: ClassVar[tuple[str, ...]] = ()
    #: Names of further ones that it uses where they are given.
    optional_secret_names: ClassVar[tuple[str, ...]] = ()
    #: Fields that change without meaning (``updated``): left out of a record's fingerprint.
    volatile: ClassVar[Mapping[str, frozenset[str]]] = {}

    def __init__(self, context: Context) -> None:
        self.context = context

    async def check(self) -> Health:
        """Reach the system with the credential, changing nothing; one that is away is not ``ok``."""
        raise NotSupported(f"{self.title} has no check")

    async def discover(self) -> Catalogue:
        """Streams and operations; the declared ones unless the system can tell more."""
        specs = tuple(self.operation_for(spec.name, self.context.settings) for spec in self.operations)
        return Catalogue(streams=self.streams, operations=specs)

    def read(self, stream: str, cursor: Mapping[str, Any]) -> AsyncIterator[Page]:  # noqa: ARG002 — whatever is asked
        """Pages of ``stream`` after ``cursor`` (empty: from the start), oldest change first."""
        raise NotSupported(f"{self.title} has no stream {stream!r}")

    async def find(self, question: Question) -> Record | None:
        """The record that is asked for, as a read of its stream gives it; None where there is none.

        Changes nothing, so silence is only ``Transient``. Several that fit are ``Rejected``.
        """
        raise NotSupported(f"{self.title} looks up no {question.stream!r}")

    async def write(self, operations: Sequence[Operation]) -> list[Receipt | ConnectorError]:  # noqa: ARG002 — as above
        """Carry out operations of one name; one receipt or error for each, in the same order.

        With ``takeover`` set and an unsafe effect, looks for the record before writing it again.
        """
        raise NotSupported(f"{self.title} takes no writes")

    @classmethod
    def parse(cls, request: Request) -> tuple[Event, ...]:  # noqa: ARG003 — as above
        """The events in a verified webhook. Raises ``ContractBroken`` for what it cannot be."""
        raise NotSupported(f"{cls.title} sends no webhooks")

    @classmethod
    def check_question(cls, stream: str, by: str, settings: Mapping[str, Any]) -> None:  # noqa: ARG003 — some depend on them
        """Raises ``NotSupported`` where an instance with these settings cannot be asked for that."""
        spec = next((spec for spec in cls.streams if spec.name == stream and spec.found_by), None)
        if spec is None:
            known = ", ".join(spec.name for spec in cls.streams if spec.found_by)
            raise NotSupported(f"{cls.title} looks up no {stream!r}; it looks up {known or 'nothing'}")
        if by and by not in spec.found_by:
            raise NotSupported(f"{cls.title} finds {stream!r} by {', '.join(spec.found_by)}, not by {by!r}")

    @classmethod
    def operation(cls, name: str) -> OperationSpec:
        """The declared operation of that name."""
        for spec in cls.operations:
            if spec.name == name:
                return spec
        raise NotSupported(f"{cls.title} has no operation {name!r}")

    @classmethod
    def operation_for(cls, name: str, settings: Mapping[str, Any]) -> OperationSpec:  # noqa: ARG003 — some depend on them
        """The operation as an instance with these settings has it; ``Rejected`` for a setting that does not fit."""
        return cls.operation(name)


def kinds() -> tuple[str, ...]:
    """The names of the folders that hold a connector, sorted."""
    return tuple(sorted(found.parent.name for found in Path(__file__).parent.glob("*/connector.py")))


def connector_class(kind: str) -> type[Connector]:
    """The connector of that kind; raises ``NotSupported`` for one that does not exist."""
    if kind not in kinds():
        raise NotSupported(f"there is no connector {kind!r}; there are: {', '.join(kinds())}")
    module = importlib.import_module(f"connectors.{kind}.connector")
    found: type[Connector] = module.CONNECTOR
    return found
