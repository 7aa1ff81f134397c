"""What a promotion is about: an integration, and the environment that it is to be taken to."""

from __future__ import annotations

from typing import Final, NamedTuple

from controlplane.audit.models import Subject
from controlplane.inventory.models import Environment, Integration

NAME: Final = "promotion"


class Way(NamedTuple):
    """The keys of both."""

    integration: int
    there: int


def subject_of(integration: Integration, there: Environment) -> Subject:
    """As a change names it."""
    return Subject(NAME, f"{integration.pk}-{there.pk}")


def way_of(subject_id: str) -> Way | None:
    """The keys in a subject's id; None for what is no such id."""
    integration, _, there = subject_id.partition("-")
    return Way(int(integration), int(there)) if integration.isdecimal() and there.isdecimal() else None
