"""What of an integration can be proposed to a board, with the page on which that begins."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.db import models

from controlplane.console.entries.governing import address
from controlplane.console.entries.sorts import SORTS
from controlplane.governance.selectors import decided_kinds
from controlplane.inventory.models import Integration
from controlplane.transactions.models import Endpoint, Flow
from controlplane.transactions.models import Mapping as FieldMapping

#: The kinds whose things belong to an integration.
_OWNED: Final[Mapping[str, type[models.Model]]] = {"flow": Flow, "mapping": FieldMapping, "endpoint": Endpoint}


@dataclass(frozen=True, slots=True)
class Offer:
    """One thing: what it is, its name, and the page."""

    what: str
    name: str
    url: str


def offered(integration: Integration) -> list[Offer]:
    """Itself and what it does, as far as a board decides on such things; nothing without a board."""
    decided = decided_kinds([*_OWNED, "integration"])
    found = [Offer("Its record", integration.name, address(SORTS["integration"], integration.slug))]
    return (found if "integration" in decided else []) + list(_owned(integration, decided))


def _owned(integration: Integration, decided: set[str]) -> Iterator[Offer]:
    for kind, model in _OWNED.items():
        rows: Any = model._default_manager.filter(integration=integration).order_by("slug")
        for row in rows if kind in decided else ():
            yield Offer(SORTS[kind].one.capitalize(), row.name, address(SORTS[kind], row.slug))
