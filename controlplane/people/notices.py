"""What concerns one person: each app says what of its tables does, and the pages put it together.

Nothing is copied when something happens. A *source* names rows, one for each cause (500 letters that died of one
thing are one row), and turns those that are shown into words. Apps register theirs in ``AppConfig.ready``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias

from django.db.models import QuerySet

from controlplane.foundation.registries import Registry
from controlplane.people.access import Access

#: Rows of two columns: ``cause``, a text that is that row's own within its kind, and ``at``, when it last changed.
Rows: TypeAlias = "QuerySet[Any, Any]"


@dataclass(frozen=True, slots=True)
class Notice:
    """One line: ``kind`` is a status shape, ``what`` says what happened to what, ``url`` where it is seen."""

    kind: str
    what: str
    detail: str
    url: str


@dataclass(frozen=True, slots=True)
class Source:
    """A kind of notices: its name for people, whom it can concern, its rows, and their words by cause.

    ``rows`` asks nothing by itself: those of all sources are read in one statement, on every page. ``told`` asks a
    number of statements that does not grow with the causes; a cause that is not there any more has no words.
    """

    label: str
    offered: Callable[[Access], bool]
    rows: Callable[[Access, datetime], Sequence[Rows]]
    told: Callable[[Access, Sequence[str]], Mapping[str, Notice]]


#: By the word that an account's ``muted`` has, in the order of the settings page.
sources: Registry[Source] = Registry("notices")
