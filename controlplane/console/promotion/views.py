"""The page on which an integration is proposed for another environment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from controlplane.console.promotion.draft import Draft, draft
from controlplane.console.promotion.kind import diff
from controlplane.console.promotion.subject import NAME, subject_of
from controlplane.foundation.errors import BadInput, Conflict, Invalid, NotAllowed, NotFound, Problem
from controlplane.governance.changes.propose import propose
from controlplane.governance.models import OPEN, ChangeRequest
from controlplane.governance.rules.changed import Changed, worst_first
from controlplane.inventory.environments import in_use
from controlplane.inventory.models import Environment, Integration
from controlplane.people.access import Access, Action, access_of, who_may


class ProposalForm(forms.Form):
    """What a board reads first."""

    title = forms.CharField(label="In a line", max_length=200)
    why = forms.CharField(label="Why now", max_length=10_000, widget=forms.Textarea(attrs={"rows": 3}))


@dataclass(frozen=True, slots=True)
class Shown:
    """What would change there, or why that cannot be said."""

    drafted: Draft | None = None
    changes: tuple[Changed, ...] = ()
    refused: str = ""


@require_http_methods(["GET", "POST"])
@login_required
def promote(request: HttpRequest, slug: str) -> HttpResponse:
    """What taking an integration to another environment would change there, and the form that proposes it."""
    access = access_of(request)
    rows = Integration.objects.select_related("environment", "team", "company", "process", "source")
    one = rows.filter(slug=slug).first()
    if one is None:
        raise NotFound("There is no integration of that name.")
    others = [each for each in in_use() if each != one.environment]
    there = _there(request.GET.get("to", ""), others)
    chosen = _chosen(request)
    form = ProposalForm(request.POST or None, initial=_initial(one, there))
    status = 200
    if request.method == "POST" and there is not None and form.is_valid():
        access.require(Action.CONFIGURE, one.team_id)
        made = _propose(access, one, there, chosen, form)
        if made is not None:
            messages.success(request, f"{made} is proposed to {made.board}. Nothing has changed in {there.name} yet.")
            return redirect(made)
    if form.errors:
        status = 422
    context = _context(access, one, others, there, chosen, form)
    return render(request, "console/promotion/page.html", context, status=status)


def _context(
    access: Access,
    one: Integration,
    others: list[Environment],
    there: Environment | None,
    chosen: Mapping[str, str],
    form: ProposalForm,
) -> dict[str, Any]:
    shown = _shown(one, there, chosen) if there is not None else Shown()
    return {
        "one": one,
        "back": reverse("console:integration", args=[one.slug]),
        "others": others,
        "there": there,
        "shown": shown,
        "chosen": chosen,
        "form": form,
        "open_change": _open_change(access, one, there) if there is not None else None,
        "why_not": "" if access.may(Action.CONFIGURE, one.team_id) else " or ".join(who_may(Action.CONFIGURE)),
    }


def _there(slug: str, others: list[Environment]) -> Environment | None:
    """The environment that the address names; the only other one where it names none."""
    if not slug:
        return others[0] if len(others) == 1 else None
    found = next((one for one in others if one.slug == slug), None)
    if found is None:
        listed = ", ".join(one.slug for one in others) or "none"
        message = f"to={slug[:50]!r} is no other environment that anything is in; there are: {listed}."
        raise BadInput(message, field="to")
    return found


def _chosen(request: HttpRequest) -> dict[str, str]:
    """What the person said stands there for what: parameters such as ``destinations.erp-staging=erp``."""
    given = {name: str(request.GET[name]) for name in request.GET if "." in name}
    return {name: value for name, value in given.items() if value and "\0" not in name + value}


def _initial(one: Integration, there: Environment | None) -> dict[str, str]:
    return {"title": f"{one.name} to {there.name}"} if there is not None else {}


def _shown(one: Integration, there: Environment, chosen: Mapping[str, str]) -> Shown:
    try:
        drafted = draft(one, there, chosen)
        if drafted.open:
            return Shown(drafted)
        found = diff(subject_of(one, there), {"document": drafted.document}, None)
    except Problem as refused:
        return Shown(refused=refused.detail)
    return Shown(drafted, tuple(worst_first(found)))


def _open_change(access: Access, one: Integration, there: Environment) -> ChangeRequest | None:
    subject = subject_of(one, there)
    rows = ChangeRequest.objects.visible_to(access).filter(subject_kind=subject.kind, subject_id=subject.id)
    found: ChangeRequest | None = rows.filter(state__in=OPEN).select_related("current").order_by("-pk").first()
    return found


def _propose(
    access: Access, one: Integration, there: Environment, chosen: Mapping[str, str], form: ProposalForm
) -> ChangeRequest | None:
    """The change, or None with the form saying why there is none."""
    try:
        return propose(access, NAME, subject_of(one, there), {"chosen": dict(chosen)}, **form.cleaned_data)
    except (Invalid, Conflict, NotAllowed) as refused:
        field = refused.field if refused.field in form.fields else None
        form.add_error(field, refused.detail)
        return None
