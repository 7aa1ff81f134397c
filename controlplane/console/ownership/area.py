"""The pages of the area “Data”, as tabs."""

from __future__ import annotations

from typing import Any, Final

from django.urls import reverse

TABS: Final = (
    ("ownership", "Ownership", "console:ownership"),
    ("entities", "Entities", "console:entities"),
    ("contracts", "Contracts", "console:contracts"),
    ("identities", "Identities", "console:identities"),
)


def tabs(current: str) -> list[dict[str, Any]]:
    """The views of the area."""
    return [{"label": label, "url": reverse(url), "current": name == current} for name, label, url in TABS]
