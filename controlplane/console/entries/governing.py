"""Where a board decides on a kind by its name, its entries change in governed environments by proposals alone.

A board of every kind decides on what is proposed to it and closes no other way: an installation that has one still
begins with documents. Naming the kind is what closes them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.http import urlencode

from controlplane.console.entries.environments import Environments
from controlplane.console.entries.sorts import SORTS, Sort
from controlplane.console.promotion import governing as promotion
from controlplane.foundation.errors import Conflict
from controlplane.governance.kinds import Decides, Governs
from controlplane.governance.models import Board
from controlplane.governance.selectors import deciding_board
from controlplane.inventory.models import Integration


def named_board(name: str) -> Board | None:
    """The board that names the kind, and so closes the other ways."""
    board = deciding_board(name)
    return board if board is not None and name in board.kinds else None


def governs(sort: Sort) -> Governs | None:
    """Who decides on the entries of a section that stand in a governed environment, or would."""
    board = named_board(sort.name)
    if board is None:
        return None
    promoted, environments = promotion.governs(), Environments(sort)

    def decides(where: str, said: Mapping[str, Any]) -> Decides | None:
        section, _, slug = where.partition(".")
        environments.hear(section, slug, said)
        # What came by promotion changes by promotion; two boards would each send people to the other.
        if section != sort.section or (promoted is not None and promoted(where, said) is not None):
            return None
        is_governed = not environments.of(slug, said).isdisjoint(settings.GOVERNED_ENVIRONMENTS)
        return Decides(board.name, address(sort, slug)) if is_governed else None

    return decides


def decider_of(integration: Integration) -> Decides | None:
    """Who decides on the record of an integration, so that no page does; None where its owners do."""
    sort = SORTS["integration"]
    board = named_board(sort.name)
    if board is None or integration.environment.slug not in settings.GOVERNED_ENVIRONMENTS:
        return None
    return Decides(board.name, address(sort, integration.slug))


def require_nobody_else_decides(integration: Integration) -> None:
    """:class:`Conflict` where a board decides on the record of an integration."""
    if (decider := decider_of(integration)) is not None:
        raise Conflict(
            f"{decider.board} decides on {integration.name}. Nothing was changed: propose it, at {decider.propose}."
        )


def address(sort: Sort, slug: str = "") -> str:
    """The page on which a change of it begins."""
    page = reverse("console:propose-entry", args=[sort.name])
    return f"{page}?{urlencode({'of': slug})}" if slug else page
