"""Calls to one Tryton database over JSON-RPC: log-in, typed values, errors, optimistic locking.

``POST /<database>/rpc/`` with exactly ``id``, ``method`` and ``params``; the last parameter is the context.
``Authorization: Session base64(user:id:token)``. Source: trytond 8.2, and what a running one did.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import replace
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

from connectors.errors import AuthFailed, ContractBroken, OutcomeUnknown, Rejected, Transient, counted
from connectors.interface import Context
from connectors.messages import Secret
from connectors.response import Response
from connectors.status import error_for
from connectors.tryton.faults import fault
from connectors.tryton.sessions import Account, Session, forget, session_of
from connectors.tryton.typed import decode, encode
from connectors.writes import Writes

Domain = Sequence[Any]
#: Archived records are records too; messages in one language, so that they can be grouped.
_ALWAYS: Mapping[str, Any] = {"active_test": False, "language": "en"}


class Rpc:
    """One database, as one user."""

    def __init__(self, context: Context) -> None:
        self.writes = Writes()
        self._transport = context.transport
        self._limits = replace(context.transport.limits, deadline=context.deadline)
        base_url = context.base_url.rstrip("/")
        self._account = Account(base_url, _setting(context, "database"), _setting(context, "user"), _password(context))
        self._root_url = f"{base_url}/rpc/"
        self._url = f"{base_url}/{quote(self._account.database, safe='')}/rpc/"

    async def series(self) -> str:
        """The server's version, ``8.2``; needs no log-in."""
        return str(await self._post(self._root_url, "common.server.version", [], {}))

    async def user_id(self) -> int:
        """The id that this connector's writes are stamped with."""
        return (await self._session()).user_id

    async def read(self, method: str, *params: Any) -> Any:
        """Call a method that changes nothing (``party.party.search``); silence is only ``Transient``."""
        try:
            return await self._call(method, params, {}, {})
        except OutcomeUnknown as unknown:
            raise Transient(f"{unknown.reason}; it was only a question") from unknown

    async def write(
        self,
        method: str,
        *params: Any,
        timestamps: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Any:
        """Call a method that writes.

        ``timestamps`` (``{"party.party,7": …}``) are the states it builds on: if somebody changed one of them
        since, nothing is written and ``Transient`` is raised. An answer that cannot be read (a proxy's page) is
        ``OutcomeUnknown``.
        """
        locking = {"_timestamp": dict(timestamps)} if timestamps else {}
        with self.writes.one():
            return await self._call(method, params, locking, headers or {})

    async def search_read(
        self, model: str, domain: Domain, fields: Sequence[str], *, limit: int | None = None, order: Sequence[Any] = ()
    ) -> list[dict[str, Any]]:
        """Records of ``model`` that match, archived ones too."""
        found = await self.read(f"{model}.search_read", domain, 0, limit, order or [("id", "ASC")], fields)
        if not isinstance(found, list) or not all(isinstance(row, dict) for row in found):
            raise ContractBroken(f"{model}.search_read did not answer with records")
        return found

    async def _call(
        self, method: str, params: Sequence[Any], context: Mapping[str, Any], headers: Mapping[str, str]
    ) -> Any:
        """With one more log-in when the session has ended: a 401 comes before anything is done."""
        session = await self._session()
        try:
            return await self._with(session, method, params, context, headers)
        except AuthFailed as refused:
            if refused.status != HTTPStatus.UNAUTHORIZED:
                raise
        forget(self._account, session)
        return await self._with(await self._session(), method, params, context, headers)

    async def _with(
        self,
        session: Session,
        method: str,
        params: Sequence[Any],
        context: Mapping[str, Any],
        headers: Mapping[str, str],
    ) -> Any:
        whole_context = {**session.context, **_ALWAYS, **context}
        proof = {"authorization": session.authorization.reveal()}
        return await self._post(self._url, f"model.{method}", [*params, whole_context], {**headers, **proof})

    async def _session(self) -> Session:
        try:
            return await session_of(self._account, self._log_in)
        except ContractBroken as broken:
            raise counted(broken, 0) from None  # what it was wanted for has not been sent

    async def _log_in(self) -> Session:
        user, password = self._account.user, self._account.password.reveal()
        try:
            answer = await self._post(self._url, "common.db.login", [user, {"password": password}], {})
        except OutcomeUnknown as unknown:
            raise Transient(unknown.reason) from unknown
        except AuthFailed as refused:
            raise AuthFailed(_not_let_in(self._account), status=refused.status, detail=refused.detail) from None
        user_id, token = _user_and_token(answer)
        proof = base64.b64encode(f"{user}:{user_id}:{token}".encode()).decode()
        session = Session(user_id, Secret(f"Session {proof}"), {})
        preferences = await self._with(session, "res.user.get_preferences", [True], {}, {})
        return replace(session, context=_working_context(preferences))

    async def _post(self, url: str, method: str, params: Sequence[Any], headers: Mapping[str, str]) -> Any:
        document = {"id": 0, "method": method, "params": encode(params)}
        response = await self._transport.request("POST", url, json=document, headers=headers, limits=self._limits)
        if error := error_for(response, reason=_HTTP_REASONS.get(response.status)):
            raise error
        return _result(response, method)


_HTTP_REASONS = {
    401: "Tryton did not accept the session",
    403: "this Tryton does not let that method be called from outside",
    404: "this Tryton has no such database",
    429: "Tryton counts too many failed log-ins of this user and refuses more for a while",
    503: "Tryton cannot reach its database",
}


def _result(response: Response, method: str) -> Any:
    answer = response.json()
    if isinstance(answer, dict) and "error" in answer:
        raise fault(answer["error"], response, method)
    if not isinstance(answer, dict) or "result" not in answer:
        raise ContractBroken("the answer is not one of Tryton's JSON-RPC", status=response.status, body=response.body)
    return decode(answer["result"])


def _user_and_token(answer: Any) -> tuple[int, str]:
    match answer:
        case [int(user_id), str(token), *_]:
            return user_id, token
    raise ContractBroken("Tryton answered the log-in with something else than a session")


def _working_context(preferences: Any) -> dict[str, Any]:
    """The company that the user works for: without it, rules hide and refuse what belongs to companies."""
    if not isinstance(preferences, dict):
        raise ContractBroken("Tryton did not tell the user's preferences")
    return {name: preferences[name] for name in ("company", "companies", "employee") if preferences.get(name)}


def _not_let_in(account: Account) -> str:
    return f"Tryton does not let {account.user!r} into the database {account.database!r} with this password"


def _password(context: Context) -> Secret:
    if password := context.secrets.get("password"):
        return password
    raise AuthFailed("the credential 'password' of this Tryton is missing")


def _setting(context: Context, name: str) -> str:
    value = context.settings.get(name)
    if not isinstance(value, str) or not value:
        raise Rejected(f"the setting {name!r} of this Tryton is missing")
    return value
