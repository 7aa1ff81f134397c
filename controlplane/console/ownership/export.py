"""The matrix as CSV: every row that the filters keep, with what holds for it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Final

from controlplane.console.ownership.asked import Asked
from controlplane.console.ownership.shown import Matrix
from controlplane.foundation.spreadsheet import BYTE_ORDER_MARK, cell, lines
from controlplane.inventory.models import Right
from controlplane.inventory.ownership.matrix import Row
from controlplane.people.access import Access
from controlplane.transactions.selectors.ownership import Breached

COLUMNS: Final = (
    "Entity",
    "Attribute",
    "Type",
    "Personal",
    "System of record",
    "May write",
    "Read",
    "Which value survives",
    "Steward",
    "Deputy",
    "Decided",
    "A write without the right is",
    "Breaches in 30 days",
)


def as_csv(access: Access, asked: Asked, now: datetime) -> str:
    """All pages of it."""
    rows: list[Row] = []
    page: Matrix | None = Matrix(access, replace(asked, after="", at="", cell=""), now)
    breaches = page.breaches if page else []
    while page is not None:
        rows += page.rows
        last = page.rows[-1].attribute if page.rows and page.older else None
        following = replace(page.asked, after=f"{last.entity.slug}:{last.position}") if last else None
        page = Matrix(access, following, now) if following else None
    return BYTE_ORDER_MARK + lines([COLUMNS, *(_line(row, breaches) for row in rows)])


def _line(row: Row, breaches: Iterable[Breached]) -> tuple[str, ...]:
    attribute, holds = row.attribute, row.holds
    rights = list(holds.rights.all()) if holds else []
    path = attribute.path if attribute else ""
    number = sum(one.number for one in breaches if (one.entity_id, one.path) == (row.entity.pk, path))

    def with_right(right: str) -> str:
        return ", ".join(sorted(one.system.name for one in rights if one.right == right))

    return tuple(
        cell(text)
        for text in (
            row.entity.slug,
            path or "(everything else)",
            attribute.type if attribute else "",
            attribute.get_personal_display() if attribute else "",
            holds.record.name if holds and holds.record else "",
            with_right(Right.WRITES),
            with_right(Right.READS),
            row.rule,
            row.steward.name if row.steward else "",
            row.deputy.name if row.deputy else "",
            "here" if row.own else ("inherited" if holds else "not yet"),
            row.entity.get_on_breach_display(),
            str(number),
        )
    )
