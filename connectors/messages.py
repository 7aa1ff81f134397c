"""The messages between the control plane and its connectors: frozen, plain, without behaviour."""

from __future__ import annotations

import enum
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, final


class Effect(enum.StrEnum):
    """What repeating a write does, as the vendor guarantees it.

    ``IDEMPOTENT``: repeating changes nothing more (an update to given values).
    ``KEYED``: the vendor recognises our idempotency key for ``Operation.key_lifetime``.
    ``UNSAFE``: repeating does it twice; the connector looks up before a second try.
    """

    IDEMPOTENT = "idempotent"
    KEYED = "keyed"
    UNSAFE = "unsafe"


@final
class Secret:
    """A credential's value in the process that uses it; shows nothing of itself (invariant 8).

    Not a dataclass: ``dataclasses.asdict``, and serialisers that know dataclasses, would walk into it.
    """

    __slots__ = ("__value",)

    def __init__(self, value: str) -> None:
        self.__value = value

    def reveal(self) -> str:
        """The value, for the one line that sends it."""
        return self.__value

    def __eq__(self, other: object) -> bool:
        """Whether both are the same value, in a time that tells nothing about it."""
        if not isinstance(other, Secret):
            return NotImplemented
        own, others = (secret.reveal().encode("utf-8", "surrogatepass") for secret in (self, other))
        return hmac.compare_digest(own, others)

    def __hash__(self) -> int:
        """By value."""
        return hash(self.__value)

    def __repr__(self) -> str:
        """A mask, so that logs and traces stay clean."""
        return "Secret('•••')"

    __str__ = __repr__

    def __format__(self, _spec: str) -> str:
        """The mask, whatever the format."""
        return repr(self)

    def __copy__(self) -> Secret:
        """Itself: it does not change."""
        return self

    def __deepcopy__(self, _memo: dict[int, Any]) -> Secret:
        """Itself."""
        return self

    def __reduce__(self) -> str | tuple[Any, ...]:
        """Refuse to be pickled: a secret does not travel through a broker or a cache."""
        message = "a Secret does not leave its process"
        raise TypeError(message)


@dataclass(frozen=True, slots=True)
class Request:
    """One incoming webhook, raw: ``headers`` have lower-case names, ``body`` is the bytes as sent.

    ``url`` is the public address that the sender called (Twilio signs it); ``peer`` the address of
    the connection, needed where a header is believed only from a trusted proxy.
    """

    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes
    peer: str = ""


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that a system reports. ``type`` is the vendor's own word (``invoice.paid``).

    ``id`` is the sender's id for de-duplication, empty where it has none. ``resource`` and
    ``external_id`` name the record it is about, so that an echo of our own write is recognised;
    ``version`` grows with the record (milliseconds or a counter), ``None`` where the vendor has none.
    """

    id: str
    type: str
    record: Mapping[str, Any]
    occurred_at: datetime | None = None
    resource: str = ""
    external_id: str = ""
    version: int | None = None


@dataclass(frozen=True, slots=True)
class Record:
    """One record read from a stream. ``deleted`` is a tombstone: ``fields`` may then be empty."""

    id: str
    fields: Mapping[str, Any]
    version: int | None = None
    changed_at: datetime | None = None
    deleted: bool = False


@dataclass(frozen=True, slots=True)
class Page:
    """Some records and the cursor to save once they are safe. ``total`` where the system tells.

    ``last`` says that nothing follows now: the cursor is where the next reading begins, not this one.
    """

    records: tuple[Record, ...]
    cursor: Mapping[str, Any]
    total: int | None = None
    last: bool = False


@dataclass(frozen=True, slots=True)
class Question:
    """One record asked for: that of ``stream`` whose field ``by`` is ``key``; ``by`` "" is the stream's own key."""

    stream: str
    key: str
    by: str = ""


@dataclass(frozen=True, slots=True)
class Operation:
    """One write. ``key`` is the idempotency key; ``takeover`` says an earlier try may have landed.

    That try was under this very key where the effect is keyed. One of which nothing was sent is none.
    ``key_expired`` says that it is longer ago than the vendor remembers keys: look up, as if unsafe.
    ``name`` is one of the connector's declared operations (``party.upsert``); ``body`` is the
    mapped request in the system's own words; ``headers`` carry the trace context out.
    """

    name: str
    body: Mapping[str, Any]
    key: str
    takeover: bool = False
    key_expired: bool = False
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of one operation that succeeded.

    ``external_id`` is the record's id in the system; ``record`` its state after the write in the
    same shape that an event or a read of it has, for echo suppression; ``found`` says an earlier
    try had already landed and nothing was written now; ``calls`` counts requests that could write;
    ``rest`` is for how many seconds the system has nothing left for us, where it says so.
    """

    external_id: str = ""
    record: Mapping[str, Any] = field(default_factory=dict)
    version: int | None = None
    status: int | None = None
    response: bytes = b""
    found: bool = False
    calls: int = 1
    keys: tuple[tuple[str, str], ...] = ()
    rest: float | None = None


@dataclass(frozen=True, slots=True)
class OperationSpec:
    """What a connector says of an operation: its effect and, if keyed, for how many seconds.

    ``resource`` is the kind of record it writes, in the words that :class:`Event` uses;
    ``batch`` is how many operations one call may carry. ``looks`` says whether the connector can see that an earlier
    try has landed, once the key is forgotten or where there is none; if not, what is sent then is done again.
    """

    name: str
    effect: Effect
    resource: str = ""
    key_lifetime: float | None = None
    batch: int = 1
    summary: str = ""
    looks: bool = True


@dataclass(frozen=True, slots=True)
class StreamSpec:
    """A stream that can be read: its key field, its cursor field and the fields it gives.

    ``found_by`` are the fields by which one record can be looked up; empty where that is not possible.
    """

    name: str
    key: str
    cursor_field: str = ""
    fields: tuple[str, ...] = ()
    summary: str = ""
    found_by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Catalogue:
    """What ``discover`` found: the streams that can be read and the operations that can be sent."""

    streams: tuple[StreamSpec, ...] = ()
    operations: tuple[OperationSpec, ...] = ()


@dataclass(frozen=True, slots=True)
class Health:
    """The answer to ``check``: reachable and allowed, or why not; ``version`` of the system."""

    ok: bool
    detail: str
    version: str = ""
