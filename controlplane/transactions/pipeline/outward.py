"""Calling destinations: connectors kept for as long as their configuration holds, outcomes told apart.

Credentials are resolved here, in the worker, at the moment of use (invariant 8); a refusal by the
destination forgets the cached value, because it may have been rotated.
"""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from resource import RLIM_INFINITY, RLIMIT_NOFILE, getrlimit
from typing import Any

from django.conf import settings

from connectors.errors import (
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
from connectors.interface import Connector, Context
from connectors.messages import Operation, Question, Receipt
from connectors.transport import Guard, Transport
from controlplane.credentials import providers
from controlplane.credentials.masking import Mask
from controlplane.foundation.logs import logger
from controlplane.transactions.pipeline.catalogue import KnownDestination
from controlplane.transactions.rules.states import Outcome

log = logger(__name__)

#: A connector is made anew this often, so that a rotated secret is taken up without a refusal.
KEEP_SECONDS = 60.0
#: Connections of one worker at once, in half of the files that it may open; with so many deliveries under way nothing
#: more is claimed. If calls had to wait for a connection, destinations that do not answer would hold up all others.
MOST_CONNECTIONS = 1024


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

    ``fields`` is what later steps read of a question's answer, where it is not a receipt.
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


def outcome_of(error: ConnectorError) -> Outcome:
    """The outcome that an error stands for; a plain :class:`ConnectorError` is a rejection."""
    return next((outcome for kind, outcome in OUTCOMES if isinstance(error, kind)), Outcome.REJECTED)


class Outward:
    """The connectors of one event loop, over one transport."""

    def __init__(self) -> None:
        self._transport = Transport(Guard(allowed_networks=settings.PRIVATE_NETWORKS), connections=CONNECTIONS)
        self._kept: dict[int, tuple[float, tuple[Any, ...], Connector, Mask]] = {}

    async def aclose(self) -> None:
        """Close the kept connections."""
        await self._transport.aclose()

    async def call(
        self, destination: KnownDestination, operations: Sequence[Operation | Question], until: float = math.inf
    ) -> list[Called]:
        """Carry out operations of one name, or ask questions; one :class:`Called` each, never an exception.

        What has not ended ``until`` then (monotonic seconds: when the lease ends) is given up as unknown.
        """
        began = time.perf_counter()
        try:
            connector, mask = await self._connector(destination)
        except providers.SecretUnavailable as error:
            outcome = Outcome.SECRET_UNAVAILABLE if error.passing else Outcome.AUTH_FAILED
            return [Called(outcome, reason=str(error), detail="secret_unavailable") for _ in operations]
        except ConnectorError as error:
            return [Called(outcome_of(error), reason=error.reason, detail=error.detail) for _ in operations]
        except Exception as error:
            log.exception("delivery.defect", destination=destination.slug)
            reason = f"The connector could not be made ready: {type(error).__name__}. Nothing was sent."
            return [Called(Outcome.REFUSED, reason=reason) for _ in operations]
        patience = min(destination.deadline + 5, until - time.monotonic())
        results = await _write(connector, destination, operations, patience)
        ms = int((time.perf_counter() - began) * 1000)
        if any(isinstance(result, AuthFailed) for result in results):
            self._forget(destination)
        return [_called(result, ms, mask) for result in results]

    async def _connector(self, destination: KnownDestination) -> tuple[Connector, Mask]:
        kept = self._kept.get(destination.id)
        if kept is not None and kept[0] > time.monotonic() and kept[1] == destination.revision:
            return kept[2], kept[3]
        secrets = await asyncio.to_thread(providers.resolve_all, destination.references)
        context = Context(
            base_url=destination.base_url,
            transport=self._transport,
            settings=destination.settings,
            secrets=secrets,
            deadline=destination.deadline,
        )
        connector, mask = destination.connector(context), Mask(secrets.values())
        self._kept[destination.id] = (time.monotonic() + KEEP_SECONDS, destination.revision, connector, mask)
        return connector, mask

    def _forget(self, destination: KnownDestination) -> None:
        self._kept.pop(destination.id, None)
        for reference in destination.references.values():
            providers.forget(reference)


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


def _called(result: Receipt | ConnectorError, ms: int, mask: Mask) -> Called:
    """What is kept of it, without what proves us: a destination may show it in its answer."""
    if isinstance(result, Receipt):
        outcome = Outcome.FOUND if result.found else Outcome.SUCCEEDED
        body = mask.body(result.response)
        receipt = result if body == result.response else replace(result, response=body)
        return Called(outcome, ms, receipt, result.status, body=body, retry_after=result.rest, calls=result.calls)
    outcome = outcome_of(result)
    sent = outcome not in {Outcome.REFUSED, Outcome.NOT_SUPPORTED}
    return Called(
        outcome,
        ms,
        None,
        result.status,
        mask.text(result.reason),
        result.detail,
        mask.body(result.body),
        result.retry_after if isinstance(result, Transient) else None,
        calls=int(sent),
    )
