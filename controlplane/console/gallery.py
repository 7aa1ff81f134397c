"""``/gallery/``: every part of the kit in every state, for looking at and for the accessibility check.

What it shows is made up and says so; nothing here is read from or written to the database.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from controlplane.console.components import marks
from controlplane.console.map.asked import Asked
from controlplane.console.map.drawing import Drawing, Looks, draw
from controlplane.console.map.estate import Estate, Tile
from controlplane.foundation import clock
from controlplane.governance.views.findings import row_of
from controlplane.inventory.rules.folding import Level, fold
from controlplane.inventory.rules.graph import Edge, Node, Relation
from controlplane.people.access import access_of
from controlplane.people.roles import Action
from controlplane.transactions.selectors.volume import Lately

ERP = {"monogram": "Od", "name": "Odoo ERP", "hue": 330}
CRM = {"monogram": "Sf", "name": "Salesforce", "hue": 240}
BILLING = {"monogram": "St", "name": "Stripe", "hue": 285}
DESK = {"monogram": "Zd", "name": "Zendesk", "hue": 190}
DIFFERENCES = [
    {
        "level": "breaking",
        "what": "partner.vat",
        "before": "",
        "after": 'It must match "^[A-Z]{2}".',
        "follows": "Let in both for as long as anybody sends the old.",
        "who": "writers",
        "rule": "pattern-added",
    },
    {"level": "safe", "what": "What is masked", "before": "/email", "after": "/partner/email", "follows": ""},
]
MARKETING = {"monogram": "Hs", "name": "HubSpot", "hue": 45}


class SampleForm(forms.Form):
    """A field of each kind."""

    email = forms.EmailField(label="E-mail", help_text="as in the sign-in")
    reason = forms.CharField(label="Reason, kept in the record", widget=forms.Textarea(attrs={"rows": 2}))
    kind = forms.ChoiceField(label="Kind", choices=[("a", "A choice"), ("b", "Another")])


@require_GET
@login_required
def gallery(request: HttpRequest) -> HttpResponse:
    """The gallery, for operators, and for everyone where INTERLOCK_DEBUG is on."""
    if not (settings.DEBUG or access_of(request).may_everywhere(Action.OPERATE)):
        raise Http404
    return render(request, "console/gallery.html", _samples())


def _samples() -> dict[str, Any]:
    now = clock.now()
    return {
        "now": now,
        "kinds": marks.WORDS.items(),
        "states": marks.STATES,
        "icons": sorted(symbol[2:] for symbol in marks.symbols() if symbol.startswith("i-")),
        "differences": [row_of(one, number) for number, one in enumerate(DIFFERENCES, 1)],
        "systems": [ERP, CRM, BILLING, DESK, MARKETING],
        "unbound": SampleForm(prefix="fresh"),
        "bound": SampleForm({"wrong-email": "nobody", "wrong-reason": "", "wrong-kind": "a"}, prefix="wrong"),
        "asked": SampleForm(prefix="asked"),
        "tabs": [
            {"label": "Search", "url": "#", "current": True},
            {"label": "Dead letters", "url": "#", "count": 41, "hot": True},
            {"label": "Replays", "url": "#", "count": "1 running"},
        ],
        "stats": [
            {"term": "Rate", "value": "16.4 / s", "note": "limit 25 / s"},
            {"term": "Time left", "value": "17 min", "note": "ends 14:49"},
            {"term": "Page, p95", "value": "12.4 s", "note": "200 records"},
            {"term": "Vendor’s limit", "value": "38 %", "note": "of the day’s"},
        ],
        "facts": [("Owner", "Orders"), ("Reads", "200 records a page"), ("Next run", "02:00, Europe/Vienna")],
        "parts": [
            {"count": 24, "tone": "ok"},
            {"count": 2, "tone": "bad", "hatched": True},
            {"count": 1, "tone": "off"},
            {"count": 8, "tone": "rest"},
        ],
        "causes": [
            {"label": "Tax id has spaces", "count": 139, "tone": "bad", "system": CRM},
            {"label": "Possible duplicate", "count": 9, "tone": "warn"},
            {"label": "Parent is missing", "count": 4, "tone": "warn"},
        ],
        "spark": [0, 0, 1, 0, 5, 0, 0, 3, 0, 0],
        "slots": [{"good": place % 4, "bad": 1 if place in {30, 31, 34} else 0} for place in range(36)],
        "spans": _spans(),
        "drawing": _drawing(),
        "pairs": _pairs(),
        "body": {"id": "evt_1", "customer": {"ref": "C-1042", "vat": "ATU\u00a06394"}, "total": 3940, "paid": False},
        "attempts": _attempts(now),
        "transactions": _transactions(now),
        "tokens": [
            {"text": "customer:C-1042", "field": "customer", "value": "C-1042", "without": "#"},
            {"text": "-flow:renewal", "field": "flow", "value": "renewal", "negated": True, "without": "#"},
            {
                "text": "sytem:odoo",
                "field": "sytem",
                "value": "odoo",
                "problem": "Did you mean system?",
                "without": "#",
            },
        ],
        "events": _events(now),
        "figure": _figure(),
    }


def _events(now: datetime) -> list[dict[str, Any]]:
    return [
        {"at": now, "kind": "dead", "what": "27th order waits for a person", "detail": "by the system"},
        {"at": now - timedelta(minutes=9), "kind": "ok", "what": "Acknowledged, lead taken"},
        {"at": now - timedelta(minutes=12), "kind": "bad", "what": "Over 5 orders in 10 minutes"},
    ]


def _drawing() -> Drawing:
    """What stands on the ERP: it stops; one integration reads from it, one writes there."""
    estate = Estate()
    for slug, system, domain in (("erp", ERP, "Finance"), ("desk", DESK, "Service"), ("crm", CRM, "Sales")):
        estate.nodes[f"system:{slug}"] = Node(f"system:{slug}", str(system["name"]), domain=domain)
        estate.tiles[f"system:{slug}"] = Tile(**system)  # type: ignore[arg-type]  # as written above
    for number, name in enumerate(("Quotes", "Orders"), 1):
        estate.nodes[f"integration:{number}"] = Node(f"integration:{number}", name, team="orders")
        estate.ids[f"integration:{number}"] = number
    estate.edges = [
        Edge("integration:1", "system:crm", Relation.READS, observed=True),
        Edge("integration:1", "system:erp", Relation.WRITES, observed=True),
        Edge("integration:2", "system:erp", Relation.READS, observed=True),
        Edge("integration:2", "system:desk", Relation.WRITES, declared=False, observed=True),
    ]
    estate.teams = {"orders": "Orders"}
    lately = {1: Lately(1870, 1869, 1), 2: Lately(801, 640, 161)}
    looks = Looks(estate, Asked(stop="system:erp"), estate.graph.hit("system:erp"), lately)
    return draw(fold(estate.graph, Level.SYSTEMS), looks)


def _spans() -> list[dict[str, Any]]:
    def work(at: float, length: float, **more: Any) -> dict[str, Any]:
        return {"at": at, "length": length, **more}

    return [
        {"number": 1, "name": "Opportunity closed won", "system": CRM, "kind": "ok", "seconds": 0.16}
        | {"bars": [work(0, 0.16, critical=True)]},
        {"number": 2, "name": "Queue", "system": None, "kind": "ok", "seconds": 0.61, "note": "waiting"}
        | {"bars": [work(0.21, 0.61, look="wait")]},
        {"number": 3, "name": "Create sale.order S04417", "system": ERP, "kind": "ok", "seconds": 1.9, "url": "#step-3"}
        | {"bars": [work(0.9, 1.9, critical=True)]},
        {"number": 4, "name": "Confirm order", "system": ERP, "kind": "ok", "seconds": 4.4, "note": "503, retried"}
        | {"bars": [work(2.8, 0.8, faint=True), work(3.6, 2, look="wait"), work(5.6, 1.6, critical=True)]},
        {"number": 5, "name": "POST /v1/invoices", "system": BILLING, "kind": "bad", "seconds": 0.41}
        | {"url": "#step-5", "note": "400 tax_id_invalid", "bars": [work(7.3, 0.41, look="err")]},
        {"number": 6, "name": "Tag organisation", "system": DESK, "kind": "run", "seconds": None}
        | {"bars": [work(7.3, 1.2)], "note": "running"},
        {"number": 7, "name": "Lifecycle stage", "system": MARKETING, "kind": "wait", "missing": True}
        | {"note": "no report from HubSpot"},
        {"number": 8, "name": "Write order status back", "system": CRM, "kind": "off", "note": "Waits for step 5"},
    ]


def _pairs() -> list[dict[str, Any]]:
    vat = "ATU 6394\u00a01208"
    return [
        {"source": "partner.ref", "before": "C-1042", "rule": "copy", "target": "metadata.ref", "after": "C-1042"},
        {"source": "partner.vat", "before": vat, "rule": "copy", "target": "tax_ids[0]", "after": vat, "kind": "bad"},
        {"source": "amount_total", "before": "3940.00", "rule": "× 100", "target": "amount_due", "after": 394000}
        | {"kind": "changed"},
        {"source": "partner.email", "before": "f••••@example.at", "rule": "copy", "target": "customer_email"}
        | {"after": "f••••@example.at", "masked": True},
        {
            "source": "note",
            "before": "Deliver before week 50",
            "rule": "drop",
            "target": "",
            "after": None,
            "kind": "drop",
        },
    ]


def _attempts(now: Any) -> list[dict[str, Any]]:
    return [
        {"number": 1, "at": now - timedelta(seconds=90), "seconds": 30.0, "kind": "warn", "outcome": "Outcome unknown"}
        | {"detail": "No answer within 30 s after sending", "next_at": now - timedelta(seconds=55)},
        {"number": 2, "at": now - timedelta(seconds=55), "seconds": 0.41, "kind": "bad", "outcome": "Rejected"}
        | {"detail": "400 tax_id_invalid"},
    ]


def _transactions(now: Any) -> list[dict[str, Any]]:
    rows = [
        ("dead", "Quote-to-cash", "S04417", "Stripe rejected the tax id, step 8 of 11", 9.8),
        ("running", "Case-to-resolution", "#20881", "Waiting for approval", 3120),
        ("partial", "Customer onboarding", "PRJ-118", "Completed, an optional step failed", 242),
        ("succeeded", "Invoice-to-ledger", "INV/2026/11/0882", "Posted to the ledger", 6.2),
    ]
    return [
        {"id": place, "url": f"#tx-{place}", "state": state, "title": title, "key": key, "why": why}
        | {"at": now - timedelta(minutes=place * 37), "seconds": seconds}
        for place, (state, title, key, why, seconds) in enumerate(rows)
    ]


def _figure() -> dict[str, Any]:
    read = [(place * 3, 16 - 7 * (place in {10, 11}) + place % 3) for place in range(23)]
    return {
        "title": "Rate",
        "sub": "records per second, rejected per minute",
        "top": 24,
        "series": [
            {
                "kind": "bars",
                "tone": "bad",
                "label": "rejected",
                "points": [(x, 2 + x % 4) for x, _ in read],
                "width": 2,
            },
            {"kind": "line", "tone": "run", "label": "read", "points": read},
            {"kind": "line", "tone": "run", "label": "expected", "points": [(66, 16), (100, 16)], "dashed": True},
        ],
        "y": [(0, "24 / s"), (50, "12"), (100, "0")],
        "x": [(0, "14:00"), (66, "14:32"), (100, "14:49")],
        "notes": [{"x": 34, "y": 60, "text": "slowed down by the vendor, 2 min", "tone": "warn"}],
        "summary": "About 16 records per second, slower for two minutes at 14:10.",
        "height": 112,
        "table": {"columns": ["Minute", "Read per second"], "rows": [(f"14:{x:02.0f}", y) for x, y in read[:4]]},
    }
