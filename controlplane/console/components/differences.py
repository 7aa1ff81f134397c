"""One difference of a review: what it is, whom it hurts, and what to do. Hundreds stand on one page."""

from __future__ import annotations

from html import escape
from typing import Any

from django.utils.safestring import SafeString, mark_safe

from controlplane.console.components.marks import icon, status


def difference(row: Any) -> SafeString:
    """A row of ``governance.views.findings``, put together at once: a template takes fifty look-ups for each.

    Everything that is not ours is escaped here.
    """
    parts = [
        status(row.shape, row.level.capitalize()),
        f'<span class="what break">{_code(row.code)}{escape(row.what)}</span>',
        f'<span class="dim xs nw">{escape(row.who)}{_comment(row)}</span>',
        f'<span class="how break">{_changed(row)}{escape(row.follows)}{_rule(row.rule)}</span>',
    ]
    return mark_safe("".join(parts))  # noqa: S308 - escaped above


def _code(code: str) -> str:
    return f"<code>{escape(code)}</code>: " if code else ""


def _comment(row: Any) -> str:
    if not row.url:
        return ""
    number = escape(row.name[1:])
    label = f'aria-label="Comment on difference {number}"'
    return f'<a class="say-at" href="{escape(row.url)}" {label}>{icon("msg")}</a>'


def _changed(row: Any) -> str:
    before = f"<del>{escape(row.before)}</del> " if row.before else ""
    return before + (f"<ins>{escape(row.after)}</ins> " if row.after else "")


def _rule(rule: str) -> str:
    return f' <span class="dim">{escape(rule)}</span>' if rule else ""
