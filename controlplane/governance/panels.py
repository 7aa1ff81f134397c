"""What an app above adds to the page of a change: panels of its own, for the kinds that it names.

::

    panels.register("change.confirmations", Panel(
        title="Confirmations", kinds=frozenset({"contract"}), template="console/contracts/_confirmations.html",
        read=confirmations,
    ))

in ``AppConfig.ready``. Registered beside the panels of other pages (``foundation.registries``), under a name of one's
own. What changes line by line is no panel: a kind names its ``documents`` (``kinds.Kind``), and every such kind has the
same lines, parts and comments.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final

from django.utils.text import slugify

from controlplane.foundation.errors import Problem
from controlplane.foundation.registries import panels
from controlplane.governance.models import ChangeRequest, Revision
from controlplane.people.access import Access

#: What stands in the place of a panel that could not be had.
FAILED: Final = "governance/_panel_failed.html"


class Place(Enum):
    """Where a panel stands: under what changes line by line and who is affected, or beside, under the checks."""

    MAIN = "main"
    RAIL = "rail"


@dataclass(frozen=True, slots=True)
class PanelOf:
    """What a panel is read for: a revision of a change, as somebody sees it. Not always the newest revision."""

    change: ChangeRequest
    revision: Revision
    access: Access

    @property
    def is_current(self) -> bool:
        """Whether the revision is the newest one, the only one that is voted on."""
        return self.revision.pk == self.change.current_id


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """One panel.

    - ``kinds`` of change that have it; none named: every kind.
    - ``template`` draws it whole, its ``<section>`` included. There what ``read`` gave is ``panel``, beside everything
      that the page has (``change``, ``one``, ``csrf_token``), so that a form of it may post to an address of its app.
    - ``read`` gives that, in a number of statements that does not grow with rows; None where there is nothing to show.
      A ``Problem`` that it raises is said in the panel's place, and the page stands.
    - ``count``: of what ``read`` gave, the number that needs a person; it stands beside the title in the tabs.
    """

    title: str
    template: str
    read: Callable[[PanelOf], Mapping[str, Any] | None]
    kinds: frozenset[str] = frozenset()
    place: Place = Place.MAIN
    count: Callable[[Mapping[str, Any]], int] | None = None


@dataclass(frozen=True, slots=True)
class Shown:
    """A panel with what it shows; ``slug`` is where a link finds it."""

    slug: str
    title: str
    template: str
    place: str
    panel: Mapping[str, Any]
    count: int = 0


def panels_of(asked: PanelOf) -> list[Shown]:
    """Those of the change's kind, in the order of registration."""
    return [shown for panel in _of_kind(asked.change.kind) if (shown := _shown(panel, asked)) is not None]


def _of_kind(kind: str) -> Iterator[Panel]:
    found = (panel for panel in panels.values() if isinstance(panel, Panel))
    return (panel for panel in found if not panel.kinds or kind in panel.kinds)


def _shown(panel: Panel, asked: PanelOf) -> Shown | None:
    slug, place = slugify(panel.title), panel.place.value
    try:
        read = panel.read(asked)
    except Problem as problem:
        return Shown(slug, panel.title, FAILED, place, {"title": panel.title, "problem": problem.detail})
    if read is None:
        return None
    return Shown(slug, panel.title, panel.template, place, read, panel.count(read) if panel.count else 0)


__all__ = ["Panel", "PanelOf", "Place", "Shown", "panels", "panels_of"]
