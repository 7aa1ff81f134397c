"""Which entry of a section is meant: those that there are, narrowed by a word."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import Q

from controlplane.console.entries.sorts import Sort
from controlplane.console.estate.apply import MODELS
from controlplane.console.estate.export import event_slug
from controlplane.transactions.models import Normalisation

PAGE: Final = 50
LONGEST: Final = 100


@dataclass(frozen=True, slots=True)
class Chosen:
    """Up to a page of them: slug and name, whether there are more, and the word that narrowed them."""

    rows: Sequence[tuple[str, str]]
    more: bool
    word: str


def choose(sort: Sort, word: str) -> Chosen:
    """Those whose slug or name has the word in it, by their slugs."""
    wanted = word.replace("\0", "").strip()[:LONGEST]
    found = _events(wanted) if sort.section == "normalisations" else _named(sort, wanted)
    return Chosen(found[:PAGE], len(found) > PAGE, wanted)


def _named(sort: Sort, word: str) -> list[tuple[str, str]]:
    rows: Any = MODELS[sort.section]._default_manager.filter(Q(slug__icontains=word) | Q(name__icontains=word))
    return list(rows.order_by("slug").values_list("slug", "name")[: PAGE + 1])


def _events(word: str) -> list[tuple[str, str]]:
    rows = Normalisation.objects.filter(Q(event_type__icontains=word) | Q(interface__slug__icontains=word))
    found = rows.order_by("interface__slug", "event_type").values_list("interface__slug", "event_type")
    return [(event_slug(door, event), f"{event} at {door}") for door, event in found[: PAGE + 1]]
