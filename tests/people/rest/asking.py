"""Asking the API as a program does: with a token, in JSON."""

from __future__ import annotations

from typing import Any

import orjson
from django.test import Client

from controlplane.people import tokens
from controlplane.people.access import access_for
from controlplane.people.models import Account, ServiceToken, Team
from controlplane.people.roles import Role
from controlplane.people.services import THE_SYSTEM


class Program:
    """A client that sends a token with every request. Defects are answered with 500, as in production."""

    def __init__(self, secret: str, token: ServiceToken | None = None) -> None:
        self.secret, self.token = secret, token
        self.client = Client(enforce_csrf_checks=True, raise_request_exception=False)

    def get(self, path: str, **query: Any) -> Any:
        """An answer to GET; ``path`` is below the API."""
        return self.client.get(f"/api/v1/{path}", query, headers=self._headers({}))

    def post(self, path: str, body: Any = None, *, key: str = "", raw: bytes | None = None) -> Any:
        """An answer to POST; ``key`` makes it one that can be sent again."""
        headers = self._headers({"Idempotency-Key": key} if key else {})
        said = raw if raw is not None else orjson.dumps(body or {})
        return self.client.generic("POST", f"/api/v1/{path}", said, "application/json", headers=headers)

    def _headers(self, more: dict[str, str]) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.secret}", **more}


def a_program(account: Account, role: Role, team: Team | None = None, *, days: int = 30) -> Program:
    """A program under a token that this account's person made."""
    token, secret = tokens.issue(access_for(account), "nightly", role, team, days, by=THE_SYSTEM)
    return Program(secret, token)
