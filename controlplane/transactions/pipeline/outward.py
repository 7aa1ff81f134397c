"""Calling destinations: within the time that there is, outcomes told apart.

Credentials are resolved in the worker, at the moment of use (``connecting``; invariant 8); a refusal by the
destination forgets the cached value, because it may have been rotated.
"""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from resource import RLIM_INFINITY, RLIMIT_NOFILE, getrlimit
from typing import Any

from django.conf import settings

from connectors.errors import (
    TOPIC_DENIED,
    AuthFailed,
    ConnectorError,
    ContractBroken,
    Gone,
    NotSupported,
    OutcomeUnknown,
    RateLimited,
    Refused,
    Rejected,
    Transient,
)
from connectors.interface import Connector
from connectors.messages import Operation, Question, Receipt
from connectors.transport import Guard, Transport
from controlplane.credentials import providers
from controlplane.credentials.masking import Mask
from controlplane.foundation.logs import logger
from controlplane.transactions.pipeline.catalogue import KnownDestination
from controlplane.transactions.pipeline.connecting import Connecting
from controlplane.transactions.rules.states import Outcome

log = logger(__name__)

#: Longer than this no call waits for its credentials: it is tried again later, when they may be there.
CREDENTIAL_SECONDS = 10.0
#: Connections of one worker at once, in half of the files that it may open; with so many deliveries under way nothing
#: more is claimed. If calls had to wait for a connection, destinations that do not answer would hold up all others.
MOST_CONNECTIONS = 1024
#: Bytes of an answer that are kept. The rest is let go of at once: hundreds wait to be written, of up to 10 MiB each.
MOST_KEPT = 64 * 1024


def _connections() -> int:
    allowed, _ = getrlimit(RLIMIT_NOFILE)
    return MOST_CONNECTIONS if allowed == RLIM_INFINITY else min(MOST_CONNECTIONS, allowed // 2)


CONNECTIONS = _connections()

OUTCOMES: tuple[tuple[type[ConnectorError], Outcome], ...] = (
    (Gone, Outcome.GONE),
    (RateLimited, Outcome.RATE_LIMITED),
    (Transient, Outcome.TRANSIENT),
    (OutcomeUnknown, Outcome.UNKNOWN),
    (AuthFailed, Outcome.AUTH_FAILED),
    (Rejected, Outcome.REJECTED),
    (ContractBroken, Outcome.CONTRACT_BROKEN),
    (Refused, Outcome.REFUSED),
    (NotSupported, Outcome.NOT_SUPPORTED),
)


@dataclass(frozen=True, slots=True)
class Called:
    """What one call came to. ``calls`` counts the requests that could have written something.

    ``fields`` is what later steps read of a question's answer, where it is not a receipt. ``call`` is the same for all
    that one call carried.
    """

    outcome: Outcome
    ms: int = 0
    receipt: Receipt | None = None
    status: int | None = None
    reason: str = ""
    detail: str = ""
    body: bytes = b""
    retry_after: float | None = None
    calls: int = 0
    fields: Mapping[str, Any] | None = None
    call: object = field(default_factory=object, repr=False, compare=False)

    @property
    def sent(self) -> bool:
        """Whether anything had left for the destination, as far as is known of what did not succeed."""
        return self.calls > 0 or self.status is not None

    @property
    def error_class(self) -> str:
        """``rejected.tax_id_invalid``: our word, and the vendor's behind it."""
        if self.receipt is not None or self.fields is not None:
            return ""
        return f"{self.outcome.name.lower()}.{self.detail}" if self.detail else self.outcome.name.lower()

    @property
    def result(self) -> Mapping[str, Any] | None:
        """What later steps read of it."""
        if self.fields is not None or self.receipt is None:
            return self.fields
        names = ("external_id", "record", "version", "status", "found")
        return {name: getattr(self.receipt, name) for name in names}


class TooLate(Exception):
    """There was no time for a whole call left before it began. Nothing was sent."""


def outcome_of(error: ConnectorError) -> Outcome:
    """The outcome that an error stands for; a plain :class:`ConnectorError` is a rejection."""
    return next((outcome for kind, outcome in OUTCOMES if isinstance(error, kind)), Outcome.REJECTED)


class Outward:
    """The connectors of one event loop, over one transport."""

    def __init__(self) -> None:
        self._transport = Transport(Guard(allowed_networks=settings.PRIVATE_NETWORKS), connections=CONNECTIONS)
        self._connecting = Connecting(self._transport)

    async def aclose(self) -> None:
        """Close the kept connections."""
        self._connecting.close()
        await self._transport.aclose()

    async def call(
        self,
        destination: KnownDestination,
        operations: Sequence[Operation | Question],
        until: float = math.inf,
        needed: float = 0.0,
    ) -> list[Called]:
        """Carry out operations of one name, or ask questions; one :class:`Called` each.

        What has not ended ``until`` then (monotonic seconds: when the lease ends) is given up as unknown. Raises only
        :class:`TooLate`, when fewer seconds than are ``needed`` were left before it could begin.
        """
        began = time.perf_counter()
        seconds = min(CREDENTIAL_SECONDS, _time_left(until, needed))
        try:
            connector, mask = await self._connecting.connector(destination, seconds)
        except TimeoutError:
            reason = "Its credentials could not be had in time. Nothing was sent."
            return [Called(Outcome.SECRET_UNAVAILABLE, reason=reason, detail="secret_unavailable")] * len(operations)
        except providers.SecretUnavailable as error:
            outcome = Outcome.SECRET_UNAVAILABLE if error.passing else Outcome.AUTH_FAILED
            return [Called(outcome, reason=str(error), detail="secret_unavailable")] * len(operations)
        except ConnectorError as error:
            return [Called(outcome_of(error), reason=error.reason, detail=error.detail)] * len(operations)
        except Exception as error:
            log.exception("delivery.defect", destination=destination.slug)
            reason = f"The connector could not be made ready: {type(error).__name__}. Nothing was sent."
            return [Called(Outcome.REFUSED, reason=reason)] * len(operations)
        patience = min(destination.deadline + 5, _time_left(until, needed))
        results = await _write(connector, destination, operations, patience)
        ms, call = int((time.perf_counter() - began) * 1000), object()
        if any(isinstance(result, AuthFailed) and result.detail != TOPIC_DENIED for result in results):
            self._connecting.forget(destination)
        return [_called(result, ms, mask, call) for result in results]


def _time_left(until: float, needed: float) -> float:
    """A limit that has passed would not hold: what it limits runs until it first waits, and may have been sent then."""
    if (seconds := until - time.monotonic()) <= needed:
        raise TooLate
    return seconds


async def _write(
    connector: Connector, destination: KnownDestination, operations: Sequence[Operation | Question], patience: float
) -> Sequence[Receipt | ConnectorError]:
    try:
        async with asyncio.timeout(patience):
            results = await _carry_out(connector, operations)
    except ConnectorError as error:
        return [error] * len(operations)
    except TimeoutError:
        return [OutcomeUnknown("The call did not end within its deadline.")] * len(operations)
    except Exception as error:
        # A defect of a connector must not stop the others; whether it had sent anything is unknown.
        log.exception("delivery.defect", destination=destination.slug)
        return [OutcomeUnknown(f"The connector failed: {type(error).__name__}.")] * len(operations)
    if len(results) != len(operations):
        log.error("delivery.defect", destination=destination.slug)
        return [OutcomeUnknown("The connector did not say what became of each operation.")] * len(operations)
    return results


async def _carry_out(
    connector: Connector, operations: Sequence[Operation | Question]
) -> Sequence[Receipt | ConnectorError]:
    writes = [operation for operation in operations if isinstance(operation, Operation)]
    if len(writes) == len(operations):
        return await connector.write(writes)
    return [await _answer(connector, question) for question in operations if isinstance(question, Question)]


async def _answer(connector: Connector, question: Question) -> Receipt:
    """A record as a receipt that wrote nothing; one that is not ``found`` says that there is none."""
    record = await connector.find(question)
    if record is None:
        return Receipt(calls=0)
    return Receipt(external_id=record.id, record=record.fields, version=record.version, found=True, calls=0)


def _called(result: Receipt | ConnectorError, ms: int, mask: Mask, call: object) -> Called:
    """What is kept of it, without what proves us: a destination may show it in its answer."""
    if isinstance(result, Receipt):
        outcome = Outcome.FOUND if result.found else Outcome.SUCCEEDED
        body = _kept(result.response, mask)
        receipt = result if body == result.response else replace(result, response=body)
        return Called(
            outcome, ms, receipt, result.status, body=body, retry_after=result.rest, calls=result.calls, call=call
        )
    outcome = outcome_of(result)
    # An answer with a status came of a request, and a redirect that is not followed may come after the deed.
    sent = outcome not in {Outcome.REFUSED, Outcome.NOT_SUPPORTED} or result.status is not None
    return Called(
        outcome,
        ms,
        None,
        result.status,
        mask.text(result.reason),
        mask.text(result.detail),
        _kept(result.body, mask),
        result.retry_after if isinstance(result, Transient) else None,
        calls=result.calls if sent else 0,
        call=call,
    )


def _kept(body: bytes, mask: Mask) -> bytes:
    """Masked before it is cut: half of a secret would not be recognised."""
    return mask.body(body)[:MOST_KEPT]
