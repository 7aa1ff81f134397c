"""Webhooks of anybody: one JSON document, posted to one address, signed as the receiver asks; and those that come.

Headers follow Standard Webhooks (https://github.com/standard-webhooks/standard-webhooks): ``webhook-id`` is the
operation's key and stays the same when it is repeated, so a receiver that remembers ids takes it once.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any, ClassVar

import orjson

from connectors.errors import ConnectorError, Gone, NotSupported, Rejected, counted
from connectors.interface import Connector
from connectors.messages import (
    Effect,
    Event,
    Health,
    Operation,
    OperationSpec,
    Question,
    Receipt,
    Record,
    Request,
    Secret,
)
from connectors.signatures import SignatureError, sign
from connectors.status import SUCCESS, error_for, rest_asked
from connectors.transport import Limits, Response
from connectors.webhook import events, look_ups, refusals

DAY = 86_400.0
GONE = 410
UNAUTHORISED = (401, 403)
KEPT_OF_AN_ANSWER = 16 * 1024
SIGNATURES = ("standard_webhooks", "hmac", "shared_token", "basic")
_METHODS = ("POST", "PUT", "PATCH")

_SEND = OperationSpec(
    name="send",
    effect=Effect.KEYED,
    key_lifetime=DAY,
    summary="Post the body as JSON; the key travels as webhook-id",
    looks=False,
)


class Webhook(Connector):
    """Settings and secrets are in the README beside this file; every one is optional."""

    kind: ClassVar[str] = "webhook"
    title: ClassVar[str] = "Webhook"
    proven_against: ClassVar[str] = "standardwebhooks 1.1 (as the receiver's verifier)"
    operations: ClassVar[tuple[OperationSpec, ...]] = (_SEND,)
    optional_secret_names: ClassVar[tuple[str, ...]] = ("signing",)

    @classmethod
    def operation_for(cls, name: str, settings: Mapping[str, Any]) -> OperationSpec:
        """With the time for which this receiver remembers ids."""
        spec = cls.operation(name)
        if "key_lifetime" not in settings:
            return spec
        lifetime = settings["key_lifetime"]
        if isinstance(lifetime, bool) or not isinstance(lifetime, int | float) or lifetime <= 0:
            raise Rejected("key_lifetime must be a number of seconds above zero")
        return dataclasses.replace(spec, key_lifetime=float(lifetime))

    async def check(self) -> Health:
        """See whether somebody answers at the address: one GET, because a POST would be an event.

        Many receivers answer a GET with 404 or 405, so this proves that the way there is open and, for a
        token or a password, that it is not refused; not that an event would be taken.
        """
        try:
            request = self._signed(Request("GET", self.context.base_url, self._own_headers, b""))
            answer = await self._ask(request)
        except ConnectorError as error:
            return Health(ok=False, detail=error.reason)
        refusal = error_for(answer)
        if refusal is not None and (refusal.retry or answer.status in (GONE, *self._telling_refusals())):
            return Health(ok=False, detail=refusal.reason)
        return Health(ok=True, detail=f"reachable; a GET is answered with {answer.status}")

    async def find(self, question: Question) -> Record | None:
        """The JSON object at the address that the setting ``look_ups`` gives for the stream; a 404 is none."""
        self.check_question(question.stream, question.by, self.context.settings)
        url = look_ups.address(self.context.base_url, self.context.settings["look_ups"][question.stream], question.key)
        headers = self._own_headers | {"accept": "application/json"}
        return look_ups.record(await self._ask(self._signed(Request("GET", url, headers, b""))), question.key)

    @classmethod
    def check_question(cls, stream: str, by: str, settings: Mapping[str, Any]) -> None:
        """What it can be asked for is in its settings."""
        known = look_ups.patterns(settings)
        if stream not in known:
            raise NotSupported(f"this webhook's look_ups have no {stream!r}; they have {', '.join(known) or 'nothing'}")
        if by:
            raise NotSupported(f"a webhook finds {stream!r} by the key in its address, not by {by!r}")

    async def write(self, operations: Sequence[Operation]) -> list[Receipt | ConnectorError]:
        """Send one after the other."""
        return [await self._send(operation) for operation in operations]

    @classmethod
    def parse(cls, request: Request) -> tuple[Event, ...]:
        """The event of any sender's webhook; see :mod:`connectors.webhook.events`."""
        return events.parse(request)

    async def _send(self, operation: Operation) -> Receipt | ConnectorError:
        try:
            self.operation(operation.name)
            request = self._signed(self._request(operation))
        except ConnectorError as error:
            return counted(error, 0)
        try:
            answer = await self._ask(request)
        except ConnectorError as error:
            return error
        if answer.status == GONE:
            return Gone("the receiver answered 410: it takes no more events", status=GONE, body=answer.body)
        refusal = None if answer.status in SUCCESS else refusals.code_of(answer.body)
        return error_for(answer, detail=refusal, now=self.context.now) or Receipt(
            status=answer.status,
            response=answer.body[:KEPT_OF_AN_ANSWER],
            rest=rest_asked(answer.headers, self.context.now()),
        )

    def _request(self, operation: Operation) -> Request:
        """The request before it is signed; the same bytes for the same operation."""
        try:
            body = orjson.dumps(operation.body)
        except orjson.JSONEncodeError as error:
            raise Rejected(f"the mapped body cannot be written as JSON: {error}") from None
        return Request(self._method, self.context.base_url, self._headers(operation), body)

    def _headers(self, operation: Operation) -> dict[str, str]:
        """The receiver's own headers first, then the trace's, then ours, which nothing replaces."""
        headers = self._own_headers | {name.lower(): value for name, value in operation.headers.items()}
        headers |= {
            "content-type": "application/json",
            "webhook-id": operation.key,
            "webhook-timestamp": str(int(self.context.now().timestamp())),
        }
        if isinstance(id_header := self._signature.get("id_header"), str) and id_header:
            headers[id_header.lower()] = operation.key
        return headers

    @cached_property
    def _method(self) -> str:
        method = self.context.settings.get("method", "POST")
        if method not in _METHODS:
            raise Rejected(f"the method must be one of {', '.join(_METHODS)}")
        return str(method)

    @cached_property
    def _limits(self) -> Limits:
        return Limits(deadline=self.context.deadline)

    @cached_property
    def _own_headers(self) -> dict[str, str]:
        headers = self.context.settings.get("headers", {})
        if not isinstance(headers, Mapping) or not all(isinstance(value, str) for value in headers.values()):
            raise Rejected("headers must be names with texts as their values")
        return {str(name).lower(): value for name, value in headers.items()}

    @cached_property
    def _signature(self) -> Mapping[str, Any]:
        signature = self.context.settings.get("signature", {})
        if not isinstance(signature, Mapping) or signature.get("scheme", SIGNATURES[0]) not in SIGNATURES:
            raise Rejected(f"signature must name one of the schemes {', '.join(SIGNATURES)}")
        return signature

    def _telling_refusals(self) -> tuple[int, ...]:
        """A refusal of the check tells something only where the check carried the credential itself."""
        return UNAUTHORISED if self._signature.get("scheme") in {"shared_token", "basic"} else ()

    def _signed(self, request: Request) -> Request:
        """``request`` signed with the secret ``signing``; as it is when there is none."""
        secret: Secret | None = self.context.secrets.get("signing")
        if secret is None:
            return request
        settings = dict(self._signature)
        scheme = settings.pop("scheme", SIGNATURES[0])
        try:
            return sign(scheme, request, secret, settings, self.context.now())
        except SignatureError as error:
            raise Rejected(
                f"the event cannot be signed by {scheme}: its settings or its secret do not fit ({error.reason})",
                detail=error.reason,
            ) from None

    async def _ask(self, request: Request) -> Response:
        return await self.context.transport.request(
            request.method, request.url, headers=request.headers, content=request.body or None, limits=self._limits
        )


CONNECTOR = Webhook
