"""A test event, signed as its sender would sign it and sent to the endpoint's public address, as senders send."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from uuid import UUID, uuid4

import orjson
from django.conf import settings
from django.db import transaction

from connectors.errors import ConnectorError
from connectors.messages import Request
from connectors.signatures import SignatureError, sign
from connectors.transport import Guard, Limits, Response, Transport
from controlplane.audit import services as audit
from controlplane.audit.models import Subject
from controlplane.credentials import providers
from controlplane.foundation import clock
from controlplane.foundation.errors import Conflict, Unavailable
from controlplane.people.access import Access, Action
from controlplane.transactions.models import Endpoint

#: Our own public address is the operator's to name (``INTERLOCK_PUBLIC_URL``), wherever it is.
ANYWHERE = ("0.0.0.0/0", "::/0")
DEADLINE_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Answered:
    """What the sender was told: ``identifier`` is the event's where it was accepted."""

    status: int
    words: str
    identifier: UUID | None

    @property
    def accepted(self) -> bool:
        """Whether it is durable here."""
        return self.identifier is not None and self.status in {HTTPStatus.OK, HTTPStatus.ACCEPTED}


def address_of(endpoint: Endpoint) -> str:
    """Where its sender sends."""
    return f"{settings.PUBLIC_URL}/in/{endpoint.slug}"


def send_test_event(access: Access, endpoint: Endpoint, event_type: str, record: Mapping[str, Any]) -> Answered:
    """Send it, and say what the endpoint answered.

    Raises :class:`Unavailable` where the key or the address cannot be reached, :class:`Conflict` for a key that
    does not fit.
    """
    access.require(Action.CONFIGURE, endpoint.integration.team_id)
    answer = _posted(_signed(endpoint, event_type, record))
    answered = Answered(answer.status, _words(answer), _identifier(answer))
    with transaction.atomic():
        audit.record(
            "endpoint.tested",
            actor=access.actor,
            subject=Subject("endpoint", endpoint.slug),
            details={"type": event_type, "status": answer.status},
        )
    return answered


def _signed(endpoint: Endpoint, event_type: str, record: Mapping[str, Any]) -> Request:
    now = clock.now()
    body = orjson.dumps({"type": event_type, "timestamp": now.isoformat(), "data": dict(record)})
    headers = {"content-type": "application/json", "webhook-id": f"msg_{uuid4()}"}
    request = Request("POST", address_of(endpoint), headers, body)
    try:
        secret = providers.resolve(endpoint.secrets[0])
        return sign(endpoint.scheme, request, secret, endpoint.scheme_settings, now)
    except (IndexError, providers.SecretUnavailable) as error:
        why = error.reason if isinstance(error, providers.SecretUnavailable) else "it has none"
        raise Unavailable(f"The sender's key cannot be had: {why}. Nothing was sent.") from None
    except SignatureError as error:
        raise Conflict(f"It cannot be signed by {endpoint.scheme}: {error.reason}. Nothing was sent.") from None


def _posted(request: Request) -> Response:
    async def post() -> Response:
        async with Transport(Guard(ANYWHERE), Limits(deadline=DEADLINE_SECONDS)) as transport:
            return await transport.request("POST", request.url, headers=request.headers, content=request.body)

    try:
        return asyncio.run(post())
    except ConnectorError as error:
        raise Unavailable(
            f"{settings.PUBLIC_URL} does not answer this server: {error.reason}. Whether the event arrived is not "
            "known. INTERLOCK_PUBLIC_URL says where senders reach Interlock."
        ) from None


def _document(answer: Response) -> Mapping[str, Any]:
    try:
        found = orjson.loads(answer.body)
    except orjson.JSONDecodeError:
        return {}
    return found if isinstance(found, dict) else {}


def _words(answer: Response) -> str:
    document = _document(answer)
    return str(document.get("detail") or document.get("status") or f"status {answer.status}")[:500]


def _identifier(answer: Response) -> UUID | None:
    try:
        return UUID(str(_document(answer)["id"]))
    except (KeyError, ValueError):
        return None
