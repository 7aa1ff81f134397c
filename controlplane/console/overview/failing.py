"""Why what belongs to a process ended badly: its dead letters of a month, by error class, as far as one may see."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import Count

from controlplane.console.overview.period import Period
from controlplane.inventory.models import System
from controlplane.people.access import Access
from controlplane.transactions.models import DeadLetter

#: Named; the rest is one bar.
MOST = 5


def causes(process: str, period: Period, access: Access) -> Sequence[dict[str, Any]]:
    """The most frequent first: ``label``, ``count``, ``system`` and ``tone``, as ``{% bars %}`` reads them."""
    died = DeadLetter.objects.listed_for(access).filter(
        integration__process__slug=process, died_at__gte=period.since, died_at__lt=period.until
    )
    by_class = died.values_list("error_class", "destination__instance__system").annotate(letters=Count("step_run_id"))
    counted = list(by_class.order_by("-letters", "error_class"))
    systems = System.objects.in_bulk({system for _, system, _ in counted[:MOST] if system is not None})
    named = [
        {
            "label": in_words(error_class),
            "count": count,
            "system": systems.get(system),
            "tone": "off" if place else "bad",
        }
        for place, (error_class, system, count) in enumerate(counted[:MOST])
    ]
    rest = sum(count for *_, count in counted[MOST:])
    return [*named, {"label": "Other", "count": rest, "tone": "off"}] if rest else named


def in_words(error_class: str) -> str:
    """``rejected.tax_id_invalid`` as people read it: Rejected: tax id invalid."""
    kind, _, detail = error_class.partition(".")
    words = f"{kind}: {detail}" if detail else kind
    text = words.replace("_", " ").strip() or "no reason given"
    return f"{text[:1].upper()}{text[1:]}"
