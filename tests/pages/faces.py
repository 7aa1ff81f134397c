"""In which faces a page is looked at: its query strings."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from controlplane.inventory.models import Identity
from tests.pages.company import Company


def _discovered(made: Company) -> object:
    """The drift that stands at its page."""
    return made.stands_at["integrations/discovered/<slug:kind>/<int:key>"]


#: What is asked about something that stops, and answers nothing else.
_IMPACT = ("integrations/map/impact.csv", "integrations/map/customers/")


def _another(made: Company) -> UUID:
    """An identity that is not the one that stands at the pages."""
    shown = str(made.stands_at["data/identities/<uuid:identifier>"])
    others = Identity.objects.filter(merged_into=None).exclude(pk=shown)
    found: UUID = others.latest("id").pk
    return found


def asked_with(made: Company) -> Mapping[str, tuple[str, ...]]:
    """Route → the faces in which its page is looked at, as query strings; other pages have one, without a query."""
    cause = made.stands_at.get("tx/dead/<uuid:fingerprint>")
    stops = dict.fromkeys(_IMPACT, ("stop=system:webhook",)) if made.mara else {}
    letter = made.stands_at.get("tx/dead/letters/<uuid:step_run_id>")
    if cause is None:
        return {"overview/": ("",), "tx/": ("", "q=nothing-0", "q=custmer:8841")} | stops
    return {
        **stops,
        "integrations/map/": ("", "stop=system:webhook&about=system:webhook&hops=2", "group=objects"),
        "integrations/<slug:slug>/decide/<slug:name>/": ("", "late=minutes&tells=pushes&amount=little"),
        "overview/": ("", "process=order-to-cash"),
        "access/policies/<slug:slug>/": ("", "ask=waiver"),
        "access/scorecards/": ("", "of=integration"),
        "integrations/": ("", "sort=score"),
        "search/": ("", "q=ledger", "q=nothing:of+that"),
        "tx/": (
            "",
            f"sel={made.stands_at['tx/<uuid:identifier>/release/']}",
            "q=customer:8841+status:ok+status:skipped",
            "q=customer:8841&facets=1&counted=1",
            "q=custmer:8841",
        ),
        "tx/<uuid:identifier>/": ("", "tab=raw", "tab=attempts", "tab=fields&step=party"),
        "tx/dead/": ("", f"open={cause}", "show=snoozed"),
        "tx/dead/replay/": (f"cause={cause}",),
        "tx/replay/": ("q=status:failed",),
        "tx/dead/drop/": (f"cause={cause}",),
        "tx/dead/assign/": (f"cause={cause}&item={letter}",),
        "tx/destinations/<slug:slug>/": ("", "ask=pause"),
        "data/ownership/": ("", "at=customer.name", "at=customer.email&cell=stripe", "entity=customer"),
        "data/entities/<slug:slug>/": ("", "tab=schema", "tab=versions", "tab=lifecycle"),
        "changes/new/<slug:kind>/": ("", "q=nothing-of-that", "of=billing-invoices", "of=a-new-one"),
        "data/contracts/": ("", "q=agreed&format=openapi"),
        "data/contracts/<slug:slug>/": ("", "version=1"),
        "data/contracts/<slug:slug>/differences/": ("", "from=2&to=1"),
        "data/contracts/<slug:slug>/propose/": ("", "version=1", f"drift={_discovered(made)}"),
        "data/contracts/<slug:slug>/sunset/": ("", "version=1"),
        "data/identities/": ("", "q=8841", "kind=order"),
        "data/identities/<uuid:identifier>/merge/": ("", f"other={_another(made)}"),
        "integrations/<slug:slug>/timeline/": ("", "kind=record"),
        "integrations/<slug:integration>/jobs/<slug:job>/": ("", "ask=backfill"),
    }
