"""Calls to Stripe's API: the key, the version, forms, and what an error answer means.

====================================  =========================================================
answer                                becomes
====================================  =========================================================
401, 403                              AuthFailed
400, 402, 404 …                       Rejected; ``detail`` is Stripe's ``code`` (``email_invalid``)
409, and 429 with ``lock_timeout``    Transient: another request holds the key or the object
429                                   RateLimited
5xx                                   Transient; the idempotency key makes the repetition safe
5xx with ``idempotent-replayed``      Replayed: Stripe's answer to an earlier request with the key, said once more
====================================  =========================================================

Source: docs.stripe.com/api/errors and /api/idempotent_requests. Messages may hold what was sent: addresses,
and what stands in quotes, are left out of the reason; the answer stays with the error's ``body``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

import orjson

from connectors.errors import AuthFailed, ConnectorError, ContractBroken, Transient
from connectors.interface import Context
from connectors.response import Response
from connectors.status import error_for, retry_after
from connectors.stripe.forms import form
from connectors.writes import Writes

_PERSONAL = re.compile(r"""'[^']*'|"[^"]*"|\S+@\S+""")
_LONGEST = 300


class Replayed(Transient):
    """Stripe failed at an earlier request with this key, and says so for 24 hours: this one it did not even try."""


class Api:
    """One Stripe account, by its secret key."""

    def __init__(self, context: Context) -> None:
        self.writes = Writes()
        self._context = context
        self._limits = replace(context.transport.limits, deadline=context.deadline)
        self._base_url = context.base_url.rstrip("/")
        key = context.secrets.get("api_key")
        if key is None:
            raise AuthFailed("the credential 'api_key' of this Stripe account is missing")
        self._headers = {"authorization": f"Bearer {key.reveal()}"}
        if version := context.settings.get("api_version"):
            self._headers["stripe-version"] = str(version)

    async def get(self, path: str, query: Sequence[tuple[str, str]] = ()) -> Response:
        """One read; ``path`` is ``/v1/customers``."""
        asked = f"?{urlencode(query)}" if query else ""
        return await self._send("GET", f"{path}{asked}", self._headers, None)

    async def post(
        self, path: str, values: Mapping[str, Any], *, kind: str, key: str, headers: Mapping[str, str] | None = None
    ) -> tuple[dict[str, Any], Response]:
        """One write under an idempotency key (at most 255 characters, known to Stripe for 24 hours).

        The object of that ``kind`` which Stripe answers with, and the answer. One that cannot be read (a proxy's page)
        is ``OutcomeUnknown``: the write may have taken effect.
        """
        sent, fields = {**(headers or {}), **self._headers, "idempotency-key": key}, form(values)
        with self.writes.one():
            response = await self._send("POST", path, sent, fields)
            return an_object(response, kind), response

    async def _send(
        self, method: str, path: str, headers: Mapping[str, str], fields: list[tuple[str, str]] | None
    ) -> Response:
        response = await self._context.transport.request(
            method, f"{self._base_url}{path}", headers=headers, form=fields, limits=self._limits
        )
        if error := self._error(response):
            raise error
        return response

    def _error(self, response: Response) -> ConnectorError | None:
        told, now = _told(response), self._context.now
        code = _text(told, "decline_code") or _text(told, "code") or _text(told, "type")
        reason = _sentence(_text(told, "message"))
        if response.status == HTTPStatus.CONFLICT or code == "lock_timeout":
            wait = retry_after(response.headers, now())
            busy = reason or "Stripe is busy with the same object or key"
            return Transient(busy, retry_after=wait, detail=code, status=response.status, body=response.body)
        error = error_for(response, reason=reason, detail=code, now=now)
        if type(error) is Transient and response.status >= HTTPStatus.INTERNAL_SERVER_ERROR and is_replayed(response):
            wait, status, body = error.retry_after, error.status, error.body
            return Replayed(error.reason, retry_after=wait, detail=code, status=status, body=body)
        return error


def _told(response: Response) -> Mapping[str, Any]:
    """The ``error`` object; empty where the answer has none (a proxy's page)."""
    try:
        answer = orjson.loads(response.body)
    except orjson.JSONDecodeError:
        return {}
    error = answer.get("error") if isinstance(answer, dict) else None
    return error if isinstance(error, dict) else {}


def _text(error: Mapping[str, Any], name: str) -> str:
    value = error.get(name)
    return value if isinstance(value, str) else ""


def _sentence(message: str) -> str | None:
    """Stripe's sentence without personal data; ``None`` lets the status speak."""
    return f"Stripe refused: {_PERSONAL.sub('…', message)[:_LONGEST]}" if message else None


def is_replayed(response: Response) -> bool:
    """Whether Stripe only repeats its answer to an earlier request with this key; that one has ended."""
    return response.headers.get("idempotent-replayed") == "true"


def an_object(response: Response, kind: str) -> dict[str, Any]:
    """The answer as the object that was asked for; raises ``ContractBroken`` when it is another."""
    answer = response.json()
    if not isinstance(answer, dict) or answer.get("object") != kind:
        raise ContractBroken(f"Stripe did not answer with a {kind}", status=response.status, body=response.body)
    return answer


def listed(response: Response) -> tuple[list[dict[str, Any]], bool]:
    """The objects of a list or of a search result, and whether there are more."""
    answer = response.json()
    found = answer.get("data") if isinstance(answer, dict) else None
    if not isinstance(found, list) or not all(isinstance(item, dict) for item in found):
        raise ContractBroken("Stripe did not answer with a list", status=response.status, body=response.body)
    return found, answer.get("has_more") is True
