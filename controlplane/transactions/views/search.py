"""The search page: what happened to this customer, and whether it is safe."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from functools import partial
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.cache import patch_vary_headers
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.http import require_GET

from controlplane.foundation import clock
from controlplane.foundation.errors import NotFound
from controlplane.people.access import Access, Action, access_of, who_may
from controlplane.transactions.rules.retention import KEEP_TRANSACTIONS
from controlplane.transactions.rules.states import TransactionState as State
from controlplane.transactions.search.fields import FIELDS, REFUSED_FIELDS
from controlplane.transactions.search.grammar import BadQuery, Fault, pieces
from controlplane.transactions.search.query import Query, Term, render_term
from controlplane.transactions.search.query import render as rendered
from controlplane.transactions.selectors.dead_letters import open_count
from controlplane.transactions.selectors.detail import TransactionDetail, detail
from controlplane.transactions.selectors.finding import MOST_NEWER, ResultPage, find, newer_than
from controlplane.transactions.selectors.inbox import received
from controlplane.transactions.selectors.replays import running_count
from controlplane.transactions.views import kept
from controlplane.transactions.views.addresses import search_parameters, search_url, tabs, transaction_url
from controlplane.transactions.views.detail import STATUS_REGION, detail_context

HINT = "Any id, or a filter: customer, status, system, flow, error…"

#: The chips: word of ``status:``, label, shape, states.
CHIPS = (
    ("dead", "Dead letter", "dead", (State.DEAD,)),
    ("quarantined", "Quarantined", "bad", (State.QUARANTINED,)),
    ("running", "Running", "run", (State.RECEIVED, State.RUNNING)),
    ("waiting", "Waiting", "wait", (State.WAITING,)),
    ("partial", "Partial", "part", (State.PARTIAL,)),
    ("ok", "Succeeded", "ok", (State.SUCCEEDED,)),
    ("skipped", "Ignored", "off", (State.IGNORED,)),
    ("cancelled", "Cancelled", "off", (State.CANCELLED,)),
)


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address asks for."""

    text: str
    selected: UUID | None
    older: str
    step: str
    tab: str


@require_GET
@login_required
def search(request: HttpRequest) -> HttpResponse:
    """The list of what was found, with one of them beside it."""
    access = access_of(request)
    if not access.may_somewhere(Action.SEE_TRANSACTIONS):
        return render(request, "transactions/no_access.html", {"roles": who_may(Action.SEE_TRANSACTIONS)})
    typed = " ".join(part.strip() for part in request.GET.getlist("q")).strip()
    if kept.is_personal(typed):
        return redirect(search_url(access, typed))
    try:
        asked = _asked(request, access, typed)
    except NotFound as gone:
        return render(request, "transactions/search.html", _frame(access, "") | {"problem": gone.detail}, status=404)
    try:
        page = find(access, asked.text, asked.older, clock.now())
    except BadQuery as bad:
        return render(request, "transactions/search.html", _misread(access, bad), status=422)
    context = _found(request, access, asked, page)
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
    """The pill above the list: how many came since. The list itself never moves by itself."""
    access = access_of(request)
    try:
        since = UUID(request.GET.get("since", ""))
        text = _asked(request, access, request.GET.get("q", "")).text
        count = newer_than(access, text, since, clock.now())
    except (ValueError, BadQuery, NotFound):
        count, text = 0, ""
    words = f"{count}{' or more' if count == MOST_NEWER else ''} newer, show" if count else ""
    return render(request, "transactions/_newer.html", {"words": words, "url": search_url(access, text)})


def _asked(request: HttpRequest, access: Access, typed: str) -> Asked:
    text = kept.kept(access, request.GET["kept"]) if "kept" in request.GET and not typed else typed
    try:
        selected = UUID(request.GET.get("sel", ""))
    except ValueError:
        selected = None
    return Asked(
        text,
        selected,
        request.GET.get("older", ""),
        request.GET.get("step", ""),
        request.GET.get("tab", ""),
    )


def _frame(access: Access, text: str) -> dict[str, Any]:
    """What the page has whatever was found."""
    return {
        "tabs": tabs("search", open_count(access), running_count(access)),
        "text": text,
        "hint": HINT,
        "fields": FIELDS,
        "refused": REFUSED_FIELDS,
        "tokens": [],
    }


def _misread(access: Access, bad: BadQuery) -> dict[str, Any]:
    """The text stays as it was typed; what cannot be read is marked, and what was meant is one click away."""
    marked = [
        {"text": piece.text, "field": "", "value": piece.text, "without": _without(access, bad.text, piece.span)}
        | {"problem": next((f.message for f in bad.faults if _inside(f, piece.span.start, piece.span.end)), "")}
        for piece in pieces(bad.text)
    ]
    return _frame(access, bad.text) | {"tokens": marked, "problem": _problem(access, bad), "misread": True}


def _inside(fault: Fault, start: int, end: int) -> bool:
    return start <= fault.span.start < max(end, start + 1)


def _without(access: Access, text: str, span: Any) -> str:
    return search_url(access, f"{text[: span.start].rstrip()} {text[span.end :].lstrip()}".strip())


def _problem(access: Access, bad: BadQuery) -> SafeString:
    lines = ((fault.message, _offer(access, bad.text, fault)) for fault in bad.faults)
    return format_html("<span>{}</span>", format_html_join(mark_safe("<br>"), "{}{}", lines))


def _offer(access: Access, text: str, fault: Fault) -> SafeString | str:
    if not fault.suggestion:
        return ""
    mended = text[: fault.span.start] + fault.suggestion + text[fault.span.end :]
    return format_html(' <a class="link" href="{}">Use {}</a>', search_url(access, mended), fault.suggestion)


def _found(request: HttpRequest, access: Access, asked: Asked, page: ResultPage) -> dict[str, Any]:
    here = partial(search_url, access, asked.text, older=asked.older)
    rows = [asdict(row) | {"url": f"{here(sel=row.id)}#tx"} for row in page.rows]
    context = _frame(access, asked.text) | {
        "page": page,
        "rows": rows,
        "tokens": _tokens(access, page.query),
        "chips": list(_chips(access, page)),
        "older": search_url(access, asked.text, older=page.older) if page.older else "",
        "newest": search_url(access, asked.text) if asked.older else "",
        "newer": search_parameters(access, asked.text) | {"since": page.newest} if page.newest else None,
        "wider": _wider(access, page),
        "open_words": f"{page.tally.waiting_for_a_person:,} open"
        if page.tally and page.tally.waiting_for_a_person
        else "",
        "histogram_words": _over_time(page),
        "nothing_at_all": not asked.text and not page.rows and not asked.older,
        "retry": here(),
        "only_failed": search_url(access, _with_status(page.query, "failed")),
    }
    return context | _beside(request, access, asked, page, here)


def _beside(
    request: HttpRequest, access: Access, asked: Asked, page: ResultPage, here: Callable[..., str]
) -> dict[str, Any]:
    """The transaction beside the list: the one that was chosen, else the first."""
    chosen = asked.selected or (page.rows[0].id if page.rows else None)
    if chosen is None:
        return {}
    waiting = received(access, chosen) if any(r.id == chosen and r.state == "received" for r in page.rows) else None
    if waiting is not None:
        return {"waiting": waiting, "selected": chosen}
    shown: TransactionDetail = detail(access, chosen, clock.now())
    address = partial(here, sel=chosen)
    context = detail_context(request, shown, address, step=asked.step, tab=asked.tab)
    return context | {"selected": chosen, "own_page": transaction_url(chosen)}


def _tokens(access: Access, query: Query) -> list[dict[str, Any]]:
    return [_token(access, query, term) for term in query.terms]


def _token(access: Access, query: Query, term: Term) -> dict[str, Any]:
    plain = render_term(Term("", term.values))
    rest = Query(tuple(other for other in query.terms if other is not term))
    return {
        "text": render_term(term),
        "field": term.field,
        "value": plain,
        "negated": term.negated,
        "without": search_url(access, rendered(rest)),
    }


def _chips(access: Access, page: ResultPage) -> Iterable[dict[str, Any]]:
    """Counts of what else there is, as filters; those with nothing are left out unless they are on."""
    tally = page.tally
    is_open = any(word.text == "open" for term in page.query.of("is") for word in term.words)
    if is_open or (tally is not None and tally.waiting_for_a_person):
        text = rendered(page.query.without("is", "status")) + ("" if is_open else " is:open")
        yield {"label": "Needs action", "count": tally.waiting_for_a_person if tally else None, "glyph": ""} | {
            "pressed": is_open,
            "url": search_url(access, text.strip()),
        }
    chosen = [word.text for term in page.query.of("status") if not term.negated for word in term.words]
    for word, label, glyph, states in CHIPS:
        count = sum(tally.by_state.get(state, 0) for state in states) if tally else None
        pressed = chosen == [word]
        if count or pressed:
            text = rendered(page.query.without("status", "is")) if pressed else _with_status(page.query, word)
            url = search_url(access, text)
            yield {"label": label, "count": count, "glyph": glyph, "pressed": pressed, "url": url}


def _over_time(page: ResultPage) -> str:
    """The histogram in a sentence."""
    good, bad = sum(slot.good for slot in page.slots), sum(slot.bad for slot in page.slots)
    return f"{good + bad:,} transactions over time, {bad:,} of them failed"


def _with_status(query: Query, word: str) -> str:
    return f"{rendered(query.without('status', 'is'))} status:{word}".strip()


def _wider(access: Access, page: ResultPage) -> str:
    """The same search over all that is kept; empty when it already is."""
    if page.window is None or page.query.of("before", "on"):
        return ""
    days = KEEP_TRANSACTIONS.days
    if (page.window.high - page.window.low).days >= days:
        return ""
    return search_url(access, f"{rendered(page.query.without('after'))} after:{days}d".strip())
