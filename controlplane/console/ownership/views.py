"""Who owns which data: the matrix, edited where it is read, what was breached, and all of it as CSV."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.forms import Form
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from controlplane.console.ownership.area import tabs
from controlplane.console.ownership.asked import Asked, found_at
from controlplane.console.ownership.deciding import decide_or_propose, enforce_or_propose
from controlplane.console.ownership.export import as_csv
from controlplane.console.ownership.forms import RIGHTS, CellForm, EnforcementForm, TermsForm
from controlplane.console.ownership.shown import Matrix, named
from controlplane.foundation import clock
from controlplane.foundation.errors import Conflict, Invalid, NotAllowed, NotFound
from controlplane.inventory.models import EntityAttribute, EntityKind, System
from controlplane.inventory.ownership import matrix
from controlplane.inventory.ownership.governed import deciding_board
from controlplane.inventory.ownership.matrix import Row
from controlplane.inventory.ownership.put import history
from controlplane.inventory.ownership.terms import NOTHING, Terms, emails_of, terms_of, with_right
from controlplane.people.access import Access, Action, access_of, who_may
from controlplane.transactions.selectors.ownership import transactions_of
from controlplane.transactions.views.addresses import transaction_url

#: So many breaches stand beside the matrix.
BREACHES = 10


@require_GET
@login_required
def ownership(request: HttpRequest) -> HttpResponse:
    """The matrix."""
    return _page(request, Asked.read(request.GET))


@require_GET
@login_required
def export(request: HttpRequest) -> HttpResponse:
    """What the filters keep, all of it, as CSV."""
    asked = Asked.read(request.GET)
    response = HttpResponse(as_csv(access_of(request), asked, clock.now()), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="ownership.csv"'
    return response


@require_POST
@login_required
def decide_cell(request: HttpRequest) -> HttpResponse:
    """What one system does with one attribute."""
    asked = _asked(request)
    if not System.objects.filter(slug=asked.cell).exists():
        raise NotFound("There is no such system.")

    def act(access: Access, kind: EntityKind, attribute: EntityAttribute | None, form: Form) -> str:
        wanted = with_right(_terms(_row(kind, attribute)), asked.cell, form.cleaned_data["right"])
        return decide_or_propose(access, kind, attribute, wanted, form.cleaned_data["reason"])

    return _act(request, asked, "cell", CellForm(request.POST, auto_id="cell-%s"), act)


@require_POST
@login_required
def decide_terms(request: HttpRequest) -> HttpResponse:
    """Who decides about an attribute, and which value survives."""

    def act(access: Access, kind: EntityKind, attribute: EntityAttribute | None, form: Form) -> str:
        before = _terms(_row(kind, attribute))
        wanted = form.terms(before) if isinstance(form, TermsForm) else before
        return decide_or_propose(access, kind, attribute, wanted, form.cleaned_data["reason"])

    return _act(request, _asked(request), "terms", TermsForm(request.POST, auto_id="terms-%s"), act)


@require_POST
@login_required
def decide_enforcement(request: HttpRequest) -> HttpResponse:
    """What a write without the right meets."""

    def act(access: Access, kind: EntityKind, _attribute: EntityAttribute | None, form: Form) -> str:
        return enforce_or_propose(access, kind, form.cleaned_data["on_breach"], form.cleaned_data["reason"])

    return _act(request, _asked(request), "enforcement", EnforcementForm(request.POST, auto_id="enforcement-%s"), act)


Act = Callable[[Access, EntityKind, EntityAttribute | None, Form], str]


def _asked(request: HttpRequest) -> Asked:
    """The filters come along in the query, what is decided about in the form."""
    query = QueryDict(mutable=True)
    query.update(request.GET)
    for name in ("at", "cell"):
        query[name] = request.POST.get(name, "")
    return Asked.read(query)


def _act(request: HttpRequest, asked: Asked, name: str, form: Form, act: Act) -> HttpResponse:
    found = found_at(asked.at)
    if found is None:
        raise NotFound("There is no such attribute.")
    status = 422
    if form.is_valid():
        try:
            messages.success(request, act(access_of(request), *found, form))
            where = f"cell-{asked.at}-{asked.cell}" if asked.cell else f"row-{asked.at}"
            return redirect(f"{asked.url(at='', cell='')}#{where}")
        except (Invalid, Conflict, NotAllowed) as problem:
            field = getattr(problem, "field", "")
            form.add_error(field if field in form.fields else None, problem.detail)
            status = problem.status
    return _page(request, asked, forms={name: form}, status=status)


def _page(
    request: HttpRequest, asked: Asked, *, forms: dict[str, Form] | None = None, status: int = 200
) -> HttpResponse:
    access = access_of(request)
    shown = Matrix(access, asked, clock.now())
    counts = matrix.counts()
    context = {
        "tabs": tabs("ownership"),
        "asked": asked,
        "shown": shown,
        "stats": _stats(counts, shown),
        "counts": counts,
        "entities": EntityKind.objects.order_by("name"),
        "systems": matrix.mentioned(),
        "breaches": _breaches(access, asked, shown),
        "editor": _editor(access, asked, forms or {}),
        "no_act": why_not(access),
    }
    return render(request, "console/ownership/matrix.html", context, status=status)


def why_not(access: Access) -> str:
    """Why this person does not decide here, and who does; empty for who may."""
    if access.may_everywhere(Action.CONFIGURE):
        return ""
    roles = " or ".join(f"“{role}”" for role in who_may(Action.CONFIGURE))
    return f"deciding is for who may {Action.CONFIGURE.value} in the whole company: {roles} everywhere"


def _stats(counts: matrix.Counts, shown: Matrix) -> list[dict[str, str]]:
    of = f"of {counts.attributes:,}"
    breached = {(one.entity_id, one.path) for one in shown.breaches}
    return [
        {"term": "Have a record", "value": f"{counts.decided:,}", "note": of},
        {"term": "Have a steward", "value": f"{counts.stewards:,}", "note": of},
        {"term": "No deputy", "value": f"{counts.attributes - counts.deputies:,}", "note": of},
        {"term": "Breached", "value": f"{len(breached):,}", "note": "in 30 days"},
    ]


def _breaches(access: Access, asked: Asked, shown: Matrix) -> list[dict[str, Any]]:
    """The latest, with the transactions of those whose attribute is open."""
    latest = shown.breaches[:BREACHES]
    systems = System.objects.in_bulk({one.system_id for one in latest} | {one.record_id for one in latest})
    kinds = EntityKind.objects.in_bulk({one.entity_id for one in latest})
    found = named(latest, systems, kinds)
    for one in found:
        one["open"] = one["attribute"] == asked.at and asked.cell in {"", one["system"].slug}
        one["url"] = f"{asked.url(at=one['attribute'], cell=one['system'].slug)}#breaches"
        ids: list[UUID] = []
        if one["open"]:
            breach = one["breach"]
            ids = transactions_of(access, breach.entity_id, breach.path, breach.system_id)
        one["transactions"] = [(transaction_url(pk), str(pk)) for pk in ids]
    return found


def _row(kind: EntityKind, attribute: EntityAttribute | None) -> Row:
    (row,) = matrix.rows_of([attribute] if attribute else [], [] if attribute else [kind])
    return row


def _terms(row: Row) -> Terms:
    """What a decision here begins with: what was decided for it, or what it inherits, its people aside."""
    holds = row.own or row.holds
    if holds is None:
        return NOTHING
    emails = emails_of({holds.steward_id, holds.deputy_id} - {None}) if row.own else {}
    return terms_of(holds, emails)


def _editor(access: Access, asked: Asked, forms: dict[str, Form]) -> dict[str, Any] | None:
    """The forms of what is open; None when nothing is."""
    found = found_at(asked.at) if asked.at else None
    if found is None:
        return {"missing": asked.at} if asked.at else None
    kind, attribute = found
    row = _row(kind, attribute)
    terms = _terms(row)
    system = System.objects.filter(slug=asked.cell).first() if asked.cell else None
    initial = terms.as_written() | {"trusted": ", ".join(terms.trusted)}
    right = row.cells.get(system.pk, "") if system else ""
    return {
        "row": row,
        "system": system,
        "rights": [(value, label, value == right) for value, label in RIGHTS],
        "others": [] if system else System.objects.order_by("name"),
        "cell": forms.get("cell") or CellForm(auto_id="cell-%s", initial={"right": right}),
        "terms": forms.get("terms") or TermsForm(auto_id="terms-%s", initial=initial),
        "enforcement": forms.get("enforcement")
        or EnforcementForm(auto_id="enforcement-%s", initial={"on_breach": kind.on_breach}),
        "history": history(kind, attribute),
        "board": deciding_board(),
        "close": f"{asked.url(at='', cell='')}#row-{asked.at}",
        "query": asked.url(at="", cell="").partition("?")[2],
        "may": access.may_everywhere(Action.CONFIGURE),
    }
