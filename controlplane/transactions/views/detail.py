"""The page of one transaction: where it stopped, what it changed, and whether it may be replayed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from controlplane.foundation import clock
from controlplane.people.access import Action, access_of, who_may
from controlplane.transactions.models import Transaction
from controlplane.transactions.replay.plan import Repeats
from controlplane.transactions.replay.request import preview
from controlplane.transactions.rules.states import TransactionState
from controlplane.transactions.search.fields import key_fields
from controlplane.transactions.search.grammar import typed
from controlplane.transactions.search.query import Term, word
from controlplane.transactions.selectors.bodies import Bodies, Body
from controlplane.transactions.selectors.dead_letters import open_count
from controlplane.transactions.selectors.detail import StepView, TransactionDetail, detail
from controlplane.transactions.selectors.inbox import received
from controlplane.transactions.selectors.listing import Row
from controlplane.transactions.selectors.parts import SPANS
from controlplane.transactions.selectors.replays import running_count
from controlplane.transactions.selectors.sentences import Seen
from controlplane.transactions.views.addresses import dead_url, search_url, tabs, transaction_url
from controlplane.transactions.views.following import followed

#: The part of the page that follows while it is on its way.
STATUS_REGION = "tx-status"
#: Why a replay does no harm, or which it may do.
HARM = {
    Repeats.OVERWRITES: "Replaying is safe: it sets the same values again.",
    Repeats.KEYED: "Replaying is safe: it has the same idempotency key, so the target does it once.",
    Repeats.LOOKED_UP: "Replaying is safe: it is looked up first, and written only if it is not there yet.",
    Repeats.AGAIN: "A replay sends it again, and the target may not know its key any more: look there first.",
    Repeats.ASKED: "Replaying is safe: the step asks again and writes nothing.",
    Repeats.UNSAFE: "Nobody can say what a replay does: the connector does not know the operation.",
}
#: The button is judged by so many failed steps; its own page judges all.
JUDGED = 50
LONGEST_NUMBER = 6
TABS = ("changes", "fields", "raw", "response", "attempts")


@require_GET
@login_required
def transaction(request: HttpRequest, identifier: UUID) -> HttpResponse:
    """The transaction on a page of its own."""
    access = access_of(request)
    waiting = None
    if not Transaction.objects.visible_to(access).filter(pk=identifier).exists():
        waiting = received(access, identifier)
    frame = {"tabs": tabs("search", open_count(access), running_count(access))}
    if waiting is not None:
        return render(request, "transactions/received.html", frame | {"waiting": waiting})
    part, inline = _number(request, "part"), _number(request, "inline")
    shown = detail(access, identifier, clock.now(), part, inline or 0)
    address = partial(transaction_url, identifier, part=part, inline=inline)
    asked = {name: request.GET.get(name, "") for name in ("step", "tab")}
    context = detail_context(request, shown, address, **asked) | frame
    templates = "transactions/detail.html", "transactions/_status.html"
    return followed(request, *templates, STATUS_REGION, context, ended=shown.is_settled)


def detail_context(
    request: HttpRequest, shown: TransactionDetail, address: Callable[..., str], *, step: str, tab: str
) -> dict[str, Any]:
    """Everything that the page shows of a transaction; ``address`` makes links that stay on the same page."""
    name = step or shown.selected_by_default
    view = shown.step_view(name)
    if view is None and step:
        raise Http404
    tab = tab if tab in TABS else "changes"
    lanes = [
        replace(lane, url=f"{address(step=lane.step, tab='' if tab == 'changes' else tab)}#step") if lane.step else lane
        for lane in shown.lanes
    ]
    return {
        "shown": shown,
        "tx": shown.transaction,
        "lanes": lanes,
        "parts": _parts(shown),
        "view": view,
        "tab": tab,
        "here": request.get_full_path(),
        "replay": _replay(shown),
        "release": _release(shown),
        "siblings": _linked(shown.siblings),
        "journey": _linked(shown.journey),
        "keys": _keys(shown),
        "trace_url": search_url(shown.access, f"trace:{shown.transaction.correlation_id}"),
        "same_cause_url": dead_url(open=shown.cause.fingerprint) if shown.cause and shown.cause.count > 1 else "",
        "replay_of_url": transaction_url(shown.transaction.replay_of) if shown.transaction.replay_of else "",
    } | (_step(request, shown, view, tab, address) if view else _bodies(shown))


def _number(request: HttpRequest, name: str) -> int | None:
    """A small number of the address; what is none is left out of account."""
    text = request.GET.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < LONGEST_NUMBER else None


def _parts(shown: TransactionDetail) -> dict[str, Any] | None:
    """Where the part that is shown lies among all steps, and the ways to the others; None where there is one only."""
    part, address = shown.facts.part, partial(transaction_url, shown.transaction.id)
    inline = part.spans > SPANS
    if part.parts == 1 and not inline:
        return None
    ways = [
        ("First", 0, part.number > 0),
        ("Previous", part.number - 1, part.number > 0),
        ("Next", part.number + 1, part.number + 1 < part.parts),
        ("Last", part.parts - 1, part.number + 1 < part.parts),
    ]
    counts = [f"{count:,} {state.label.lower()}" for state, count in sorted(part.by_state.items())]
    return {
        "words": f"Steps {part.first + 1:,} to {part.last:,} of {part.total:,}: {', '.join(counts)}.",
        "ways": [{"label": label, "url": address(part=number)} for label, number, there in ways if there],
        "failed": address() if shown.facts.failed and shown.facts.failed.name not in set(shown.facts.runs) else "",
        "inline": _inline_parts(shown) if inline else None,
    }


def _inline_parts(shown: TransactionDetail) -> dict[str, Any]:
    there, here = shown.facts.part.spans, shown.inline
    last = -(-there // SPANS) - 1
    address = partial(transaction_url, shown.transaction.id)
    ways = [(label, number) for label, number in (("Earlier", here - 1), ("Later", here + 1)) if 0 <= number <= last]
    return {
        "words": f"Inline steps {here * SPANS + 1:,} to {min(there, (here + 1) * SPANS):,} of {there:,}.",
        "ways": [{"label": label, "url": address(inline=number or None)} for label, number in ways],
    }


def _keys(shown: TransactionDetail) -> list[tuple[str, str, str]]:
    """Kind in words, value, and the address of the search for it; empty where nobody could type that."""
    kinds = {slug for slug, _, _ in shown.keys}
    fields = {kind: name for name, kind in key_fields(kinds).items()}
    searches = [typed(Term(fields[slug], (word(value),)), kinds) for slug, _, value in shown.keys]
    urls = [search_url(shown.access, text) if text else "" for text in searches]
    return [(kind, value, url) for (_, kind, value), url in zip(shown.keys, urls, strict=True)]


def _replay(shown: TransactionDetail) -> dict[str, Any]:
    """The button: where it leads, or why it does nothing."""
    plan = preview(shown.access, shown.dead_runs[:JUDGED])
    allowed = [item for item in plan if item.allowed]
    numbers = {lane.step: lane.number for lane in shown.lanes}
    # One of another part has no number here.
    only = numbers.get(allowed[0].name) if len(allowed) == 1 else None
    return {
        "offered": bool(plan),
        "label": f"Replay from step {only}…" if only else "Replay…",
        "url": reverse("transactions:replay", args=[shown.transaction.id]),
        "why_not": "" if allowed or not plan else plan[0].why_not,
        "words": HARM[allowed[0].repeats] if allowed else "",
    }


def _release(shown: TransactionDetail) -> dict[str, Any]:
    """The same for one in quarantine: it can be judged again."""
    offered = shown.transaction.state == TransactionState.QUARANTINED
    may = shown.access.may(Action.REPLAY, shown.facts.team_id)
    why_not = "" if may else f"it takes the role {' or '.join(who_may(Action.REPLAY))} in this team"
    return {"offered": offered, "why_not": why_not, "url": reverse("transactions:release", args=[shown.transaction.id])}


def _step(
    request: HttpRequest, shown: TransactionDetail, view: StepView, tab: str, address: Callable[..., str]
) -> dict[str, Any]:
    bodies = shown.bodies
    pairs, fields = shown.pairs(view), shown.fields(view) if tab == "fields" else []
    titles = {"changes": "Changes", "fields": "All fields", "raw": "Raw"}
    if view.run_id is not None:
        titles |= {"response": "Response", "attempts": "Attempts"}
    context: dict[str, Any] = {
        "step_tabs": [
            {"label": label, "url": f"{address(step=view.name, tab=name)}#step", "current": name == tab}
            for name, label in titles.items()
        ],
        "pairs": pairs,
        "fields": fields,
        "hidden": bodies.why_hidden,
        "note": bodies.note,
        "gone": "" if pairs or bodies.seen is Seen.NOTHING else (bodies.canonical().why or "This step maps no field."),
    }
    if tab == "raw":
        sent = [bodies.sent(view.name)] if view.run_id is not None else []
        context["raw"] = [*sent, bodies.canonical(), *_came_in(bodies)]
    if tab == "response":
        context["answer"] = bodies.answered(view.name)
    if tab in {"attempts", "response"}:
        before = _number(request, "before")
        context["tries"], older = shown.tries(view.name, before)
        context["older_tries"] = f"{address(step=view.name, tab='attempts', before=older)}#step" if older else ""
        context["newest_tries"] = f"{address(step=view.name, tab='attempts')}#step" if before is not None else ""
    return context


def _bodies(shown: TransactionDetail) -> dict[str, Any]:
    """What came in, for a transaction that got to no step."""
    bodies = shown.bodies
    canonical = [bodies.canonical()] if shown.transaction.canonical_id is not None else []
    return {"raw": [*_came_in(bodies), *canonical], "hidden": bodies.why_hidden, "note": bodies.note}


def _came_in(bodies: Bodies) -> list[Body]:
    """What was received, and beside it what somebody made of it."""
    edited = bodies.edited()
    return [bodies.received(), *([edited] if edited is not None else [])]


def _linked(rows: tuple[Row, ...]) -> list[dict[str, Any]]:
    return [{name: getattr(row, name) for name in Row.__slots__} | {"url": transaction_url(row.id)} for row in rows]
