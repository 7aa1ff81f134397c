"""Reading a page as a person does."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from html import unescape
from typing import Any

from django.test import Client

from controlplane.foundation import clock
from tests.transactions.factories import Estate
from tests.transactions.traffic import Story, paid_invoice

SignIn = Callable[..., Client]


def told(estate: Estate, minutes: int = 5, **story: Any) -> Story:
    """A story that happened lately."""
    return paid_invoice(estate, at=clock.now() - timedelta(minutes=minutes), **story)


def text_of(response: Any) -> str:
    """What a person reads: the page without its tags."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", response.content.decode())).split())


def links(response: Any) -> list[str]:
    """Where its links lead."""
    return [unescape(found) for found in re.findall(r'href="([^"]+)"', response.content.decode())]


def frozen(page: Any) -> str:
    """The selection that a dry run's form carries."""
    found = re.search(r'name="items" value="([^"]+)"', page.content.decode())
    assert found is not None
    return found[1]
