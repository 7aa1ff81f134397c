"""The search page: what happened to this customer, and whether it is safe."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from functools import partial
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.cache import patch_vary_headers
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.http import require_GET, require_http_methods

from controlplane.foundation import clock
from controlplane.foundation.errors import NotFound
from controlplane.inventory.environments import EVERYWHERE, Environments
from controlplane.people.access import Access, Action, access_of, who_may
from controlplane.transactions.export.request import AT_ONCE, MOST_ROWS
from controlplane.transactions.rules.retention import KEEP_TRANSACTIONS
from controlplane.transactions.search.fields import FIELDS
from controlplane.transactions.search.grammar import BadQuery, Fault, pieces
from controlplane.transactions.search.personal import is_personal
from controlplane.transactions.search.query import Query, Term, render_term
from controlplane.transactions.search.query import render as rendered
from controlplane.transactions.selectors.counting import counts
from controlplane.transactions.selectors.dead_letters import open_count
from controlplane.transactions.selectors.detail import TransactionDetail, detail
from controlplane.transactions.selectors.facets import facets
from controlplane.transactions.selectors.finding import MOST_NEWER, ResultPage, newer_than, page_of
from controlplane.transactions.selectors.inbox import received
from controlplane.transactions.selectors.question import Question
from controlplane.transactions.selectors.replays import running_count
from controlplane.transactions.views.addresses import (
    addresses_of,
    newer_url,
    replay_found_url,
    search_parameters,
    search_url,
    tabs,
    transaction_url,
)
from controlplane.transactions.views.asking import Address, Asked, asked_of, flag, number, typed
from controlplane.transactions.views.counting import counted, extent, fetched_from, narrowed
from controlplane.transactions.views.detail import STATUS_REGION, detail_context
from controlplane.transactions.views.known_ids import address_of
from controlplane.transactions.views.narrowing import with_status
from controlplane.transactions.views.saved_views import opened

_WHO_REPLAYS = f"it takes the role {' or '.join(who_may(Action.REPLAY))}"
HINT = "Any id, or a filter: customer, status, system, flow, error…"


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def search(request: HttpRequest) -> HttpResponse:
    """The list of what was found, with one of them beside it.

    A search is sent by POST and answered by the address of its page: what was typed may be somebody's
    e-mail address, which is in no address (``kept``). An id by itself is answered by that of what it names.
    """
    access = access_of(request)
    if request.method == "POST":
        text = typed(request.POST)
        one = address_of(access, text, clock.now())
        return redirect(one or search_url(access, text, **_flags(request.POST)))
    if not access.may_somewhere(Action.SEE_TRANSACTIONS):
        return render(request, "transactions/no_access.html", {"roles": who_may(Action.SEE_TRANSACTIONS)})
    if is_personal(text := typed(request.GET)):
        return redirect(search_url(access, text, **_flags(request.GET)))
    try:
        asked = asked_of(request, access)
    except NotFound as gone:
        return render(request, "transactions/search.html", _frame(access, "") | {"problem": gone.detail}, status=404)
    try:
        question = Question(access, asked.text, clock.now())
    except BadQuery as bad:
        misread = _misread(access, asked.address(access), bad) | {"keep": asked.keep}
        return render(request, "transactions/search.html", misread, status=422)
    context = _found(request, access, asked, question)
    template = "transactions/search.html"
    if request.headers.get("HX-Target") == STATUS_REGION and "shown" in context:
        template = "transactions/_status.html"
    response = render(request, template, context)
    if template != "transactions/search.html" and context["shown"].is_settled:
        response["HX-Refresh"] = "true"
    patch_vary_headers(response, ["HX-Request", "HX-Target"])
    return response


@require_GET
@login_required
def newer(request: HttpRequest) -> HttpResponse:
    """The chip in the head of the list: how many came since. The list itself never moves by itself."""
    access = access_of(request)
    try:
        since = UUID(request.GET.get("since", ""))
        text = asked_of(request, access).text
        count = newer_than(access, text, since, clock.now())
    except (ValueError, BadQuery, NotFound):
        count, text = 0, ""
    words = f"{count}{' or more' if count == MOST_NEWER else ''} newer, show" if count else ""
    return render(request, "transactions/_newer.html", {"words": words, "url": search_url(access, text)})


def _flags(sent: QueryDict) -> dict[str, str]:
    return {name: flag(sent, name) for name in ("facets", "counted")} | {"view": number(sent, "view")}


def _frame(access: Access, text: str) -> dict[str, Any]:
    """What the page has whatever was found."""
    return {
        "tabs": tabs("search", open_count(access), running_count(access)),
        "text": text,
        "hint": HINT,
        "fields": FIELDS,
        "tokens": [],
    }


def _misread(access: Access, address: Address, bad: BadQuery) -> dict[str, Any]:
    """The text stays as it was typed; what cannot be read is marked, and what was meant is one click away."""
    marked = [
        {"text": piece.text, "field": "", "value": piece.text, "without": _without(address, bad.text, piece.span)}
        | {"problem": next((f.message for f in bad.faults if _inside(f, piece.span.start, piece.span.end)), "")}
        for piece in pieces(bad.text)
    ]
    return _frame(access, bad.text) | {"tokens": marked, "problem": _problem(address, bad), "misread": True}


def _inside(fault: Fault, start: int, end: int) -> bool:
    return start <= fault.span.start < max(end, start + 1)


def _without(address: Address, text: str, span: Any) -> str:
    return address(f"{text[: span.start].rstrip()} {text[span.end :].lstrip()}".strip())


def _problem(address: Address, bad: BadQuery) -> SafeString:
    lines = ((fault.message, _offer(address, bad.text, fault)) for fault in bad.faults)
    return format_html("<span>{}</span>", format_html_join(mark_safe("<br>"), "{}{}", lines))


def _offer(address: Address, text: str, fault: Fault) -> SafeString | str:
    if not fault.suggestion:
        return ""
    mended = text[: fault.span.start] + fault.suggestion + text[fault.span.end :]
    return format_html(' <a class="link" href="{}">Use {}</a>', address(mended), fault.suggestion)


def _found(request: HttpRequest, access: Access, asked: Asked, question: Question) -> dict[str, Any]:
    """The page: the rows, and the counts where nothing else is there to be read, or nobody could fetch them."""
    page = page_of(question, asked.older)
    address = asked.address(access)
    here = addresses_of(access, asked.text, **asked.keep, older=asked.older)
    rows = [asdict(row) | {"url": f"{here(sel=row.id)}#tx"} for row in page.rows]
    environments: Environments = request.__dict__["environments"]
    context = _frame(access, asked.text) | {
        "page": page,
        "rows": rows,
        "tokens": [_token(address, page.query, term) for term in page.query.terms],
        "keep": asked.keep,
        "asked_as": search_parameters(access, asked.text),
        "opened": opened(access, asked, question),
        "export_words": f"All matches as a file: up to {AT_ONCE:,} rows at once, up to {MOST_ROWS:,} in the background",
        "replay_url": replay_found_url(access, asked.text),
        "why_not_replay": "" if access.may_somewhere(Action.REPLAY) else _WHO_REPLAYS,
        "older": address(asked.text, older=page.older) if page.older else "",
        "newest": address(asked.text) if asked.older else "",
        "newer": newer_url(access, asked.text, page.newest) if page.newest else "",
        "wider": _wider(address, page),
        "elsewhere": _elsewhere(address, question),
        "mixed": environments.several and question.everywhere == question.text,
        "nothing_at_all": not asked.text and not page.rows and not asked.older,
        "retry": here(),
        "only_failed": address(with_status(page.query, "failed")),
    }
    context |= extent(access, asked, question) | _counted(access, asked, question, page)
    return context | _beside(request, access, asked, page, here)


def _counted(access: Access, asked: Asked, question: Question, page: ResultPage) -> dict[str, Any]:
    """Where the counts and facets are fetched from; or they themselves. What ran out of time is not counted as well."""
    if page.searched_to is not None:
        return {"uncounted": True}
    if page.rows and not asked.counted:
        return fetched_from(access, asked)
    found = counted(access, asked, question, counts(question))
    if asked.facets:
        found |= narrowed(access, asked, question, facets(question))
    return found


def _beside(
    request: HttpRequest, access: Access, asked: Asked, page: ResultPage, here: Callable[..., str]
) -> dict[str, Any]:
    """The transaction beside the list: the one that was chosen, else the first. Addresses outlive transactions."""
    chosen = asked.selected or (page.rows[0].id if page.rows else None)
    if chosen is None:
        return {}
    waiting = received(access, chosen) if any(r.id == chosen and r.state == "received" for r in page.rows) else None
    if waiting is not None:
        return {"waiting": waiting, "selected": chosen}
    try:
        shown: TransactionDetail = detail(access, chosen, clock.now())
    except Http404:
        return {"gone": True, "selected": chosen}
    address = partial(here, sel=chosen)
    step = asked.step if shown.step_view(asked.step) is not None else ""
    context = detail_context(request, shown, address, step=step, tab=asked.tab)
    return context | {"selected": chosen, "own_page": transaction_url(chosen)}


def _token(address: Address, query: Query, term: Term) -> dict[str, Any]:
    plain = render_term(Term("", term.values))
    rest = Query(tuple(other for other in query.terms if other is not term))
    return {
        "text": render_term(term),
        "field": term.field,
        "value": plain,
        "negated": term.negated,
        "without": address(rendered(rest)),
    }


def _elsewhere(address: Address, question: Question) -> str:
    """The same search in all environments; empty where it already is."""
    if question.everywhere == question.text:
        return ""
    return address(f"{question.text} environment:{EVERYWHERE}".strip())


def _wider(address: Address, page: ResultPage) -> str:
    """The same search over all that is kept; empty when it already is."""
    if page.window is None or page.query.of("before", "on"):
        return ""
    days = KEEP_TRANSACTIONS.days
    if (page.window.high - page.window.low).days >= days:
        return ""
    return address(f"{rendered(page.query.without('after'))} after:{days}d".strip())
