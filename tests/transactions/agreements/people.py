"""Somebody in a browser."""

from __future__ import annotations

import html
import re
from typing import Any

from django.test import Client
from django.utils.html import strip_tags

from controlplane.governance.models import ChangeRequest
from controlplane.people.models import Account


class Person:
    """Somebody in a browser."""

    def __init__(self, account: Account) -> None:
        self.account = account
        self.client = Client()
        self.client.force_login(account)

    def read(self, address: str) -> str:
        """A page, as they read it."""
        answer = self.client.get(address)
        assert answer.status_code == 200, address
        return re.sub(r"\s+", " ", html.unescape(strip_tags(answer.content.decode())))

    def send(self, address: str, status: int = 302, **fields: Any) -> Any:
        """A form."""
        answer = self.client.post(address, fields)
        assert answer.status_code == status, strip_tags(answer.content.decode())[-2000:]
        return answer

    def vote(self, change: ChangeRequest, status: int = 302, **fields: Any) -> None:
        """On what it says now."""
        now = ChangeRequest.objects.select_related("current").get(pk=change.pk).revision
        read = {"revision": now.number, "content_hash": now.content_hash}
        self.send(f"/changes/{change.pk}/vote/", status, **{"choice": "approve", "words": "Fine.", **read, **fields})
