"""How much a search found, and by what it could be narrowed down: parts of the page, which it fetches after its rows.

Without scripts they are on the page itself, behind a link. A part that cannot be had says so where it would be.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_GET

from controlplane.foundation import clock
from controlplane.foundation.errors import NotFound
from controlplane.people.access import Access, Action, access_of
from controlplane.transactions.search.grammar import BadQuery
from controlplane.transactions.search.plan import EVER
from controlplane.transactions.selectors.counting import Counts, counts
from controlplane.transactions.selectors.facets import Facet, facets
from controlplane.transactions.selectors.question import Question
from controlplane.transactions.views.addresses import search_parameters
from controlplane.transactions.views.asking import Asked, asked_of
from controlplane.transactions.views.narrowing import at_least, chips, counted_words, groups


@require_GET
@login_required
def counts_part(request: HttpRequest) -> HttpResponse:
    """The chips, the total, how matches lie in time and how many wait for a person."""

    def context(access: Access, asked: Asked, question: Question) -> dict[str, Any]:
        return extent(access, asked, question) | counted(access, asked, question, counts(question)) | {"part": True}

    return _part(request, "transactions/_counts.html", context)


@require_GET
@login_required
def facets_part(request: HttpRequest) -> HttpResponse:
    """The column of facets."""

    def context(access: Access, asked: Asked, question: Question) -> dict[str, Any]:
        return narrowed(access, asked, question, facets(question))

    return _part(request, "transactions/_facets.html", context)


def _part(
    request: HttpRequest, template: str, context: Callable[[Access, Asked, Question], dict[str, Any]]
) -> HttpResponse:
    access = access_of(request)
    access.require_somewhere(Action.SEE_TRANSACTIONS)
    try:
        asked = asked_of(request, access)
        question = Question(access, asked.text, clock.now())
    except (BadQuery, NotFound) as error:
        return _failed(request, template, error)
    return render(request, template, context(access, asked, question))


def _failed(request: HttpRequest, template: str, error: BadQuery | NotFound) -> HttpResponse:
    """The search was changed, or forgotten, under an open page: its address says the rest."""
    status = 404 if isinstance(error, NotFound) else 422
    words = "Not counted: this search cannot be read."
    return render(request, template, {"failed": words, "counted": words, "part": True}, status=status)


def fetched_from(access: Access, asked: Asked) -> dict[str, str]:
    """Where the parts of a page are fetched from, and the same page with them on it."""
    asks = urlencode(search_parameters(access, asked.text) | asked.keep)
    here = asked.address(access)
    return {
        "counts_url": f"{reverse('transactions:counts')}?{asks}",
        "facets_url": f"{reverse('transactions:facets')}?{asks}",
        "counted_url": here(asked.text, older=asked.older, counted="1"),
    }


def extent(access: Access, asked: Asked, question: Question) -> dict[str, Any]:
    """What stands above the list whether or not it is counted yet: the chosen chips, and the time searched."""
    planned, here = question.planned, asked.address(access)
    return {
        "chips": list(chips(question.query, None, here)),
        "narrow": {
            "open": asked.facets,
            "url": here(asked.text, older=asked.older, facets="" if asked.facets else "1"),
        },
        "window": None if planned.window.low == EVER else planned.window,
        "open_ended": planned.open_ended,
    }


def counted(access: Access, asked: Asked, question: Question, found: Counts) -> dict[str, Any]:
    """The counts as the page shows them."""
    tally = found.tally
    waiting = at_least(tally.waiting_for_a_person, tally) if tally and tally.waiting_for_a_person else ""
    return {
        "counts": found,
        "chips": list(chips(question.query, tally, asked.address(access))),
        "open_words": f"{waiting} open" if waiting else "",
        "histogram_words": _over_time(found),
    }


def narrowed(access: Access, asked: Asked, question: Question, found: tuple[Facet, ...]) -> dict[str, Any]:
    """The facets as the page shows them."""
    return {"groups": groups(question.query, found, asked.address(access)), "counted": counted_words(found)}


def _over_time(found: Counts) -> str:
    """The histogram in a sentence."""
    good, bad = sum(slot.good for slot in found.slots), sum(slot.bad for slot in found.slots)
    return f"{good + bad:,} transactions over time, {bad:,} of them failed"
