"""The journey page: a transaction and what is related to it, on one time line."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from controlplane.foundation import clock
from controlplane.people.access import access_of
from controlplane.transactions.models import Transaction
from controlplane.transactions.selectors.dead_letters import open_count
from controlplane.transactions.selectors.journey import SPANS, THIS, Entry, Journey, journey
from controlplane.transactions.selectors.replays import running_count
from controlplane.transactions.views.addresses import search_url, tabs, transaction_url

DEFAULT = "7d"
WORDS = {"1h": "1 hour", "24h": "24 hours", "7d": "7 days", "30d": "30 days"}


@require_GET
@login_required
def journey_page(request: HttpRequest, identifier: UUID) -> HttpResponse:
    """Newest first; around it, the others of the chosen key within the chosen time."""
    access = access_of(request)
    transaction = Transaction.objects.get_visible_or_404(access, pk=identifier)
    within = request.GET.get("within", "")
    within = within if within in SPANS else DEFAULT
    found = journey(access, transaction, SPANS[within], request.GET.get("by", ""), clock.now())
    context = {
        "tabs": tabs("search", open_count(access), running_count(access)),
        "tx": transaction,
        "journey": found,
        "entries": [_shown(entry) for entry in found.entries],
        "spans": [
            {"label": words, "url": _address(identifier, found, name), "current": name == within}
            for name, words in WORDS.items()
        ],
        "within": WORDS[within],
        "keys": [
            {
                "label": f"{key.kind} {key.value}",
                "url": _address(identifier, found, within, key.field),
                "current": key == found.key,
            }
            for key in found.keys
        ],
        "back": transaction_url(identifier),
        "search": search_url(access, found.key.text) if found.key and found.key.text else "",
    }
    return render(request, "transactions/journey.html", context)


def _address(identifier: UUID, found: Journey, within: str, field: str = "") -> str:
    by = field or (found.key.field if found.key else "")
    address = reverse("transactions:journey", args=[identifier])
    return f"{address}?within={within}" + (f"&by={by}" if by else "")


def _shown(entry: Entry) -> dict[str, Any]:
    url = ""
    if entry.row is not None:
        url = transaction_url(entry.row.id)
    elif entry.replay is not None:
        url = reverse("transactions:replay-page", args=[entry.replay.pk])
    seconds = entry.later.total_seconds()
    return {
        "entry": entry,
        "url": url,
        "current": THIS in entry.relations,
        "later": abs(seconds) if THIS not in entry.relations else None,
        "side": "later" if seconds >= 0 else "earlier",
    }
