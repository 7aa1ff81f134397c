"""Changing the record of an integration: one form, with the reason; what somebody else changed meanwhile is shown."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from controlplane.console.entries.governing import decider_of, require_nobody_else_decides
from controlplane.console.integrations import forms
from controlplane.console.integrations.record import in_full
from controlplane.foundation.errors import Conflict, Invalid, NotFound
from controlplane.inventory.changing import Changed, Stale, change
from controlplane.inventory.models import Integration
from controlplane.people.access import Access, Action, access_of

TEMPLATE = "console/integrations/settings.html"


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def settings(request: HttpRequest, slug: str) -> HttpResponse:
    """The form, for those who may configure in the team that owns it."""
    access, one = access_of(request), called(slug)
    access.require(Action.CONFIGURE, one.team_id)
    if request.method == "POST":
        return _save(request, access, one)
    failures = forms.Failures(prefix="failures", initial=forms.initial_failures(one))
    return _shown(request, one, forms.RecordForm(integration=one), failures)


def called(slug: str) -> Integration:
    """The integration of an address, with its record; :class:`NotFound` where there is none."""
    one = in_full(Integration.objects.all()).filter(slug=slug).first()
    if one is None:
        raise NotFound("There is no integration of that name.")
    return one


def _save(request: HttpRequest, access: Access, one: Integration) -> HttpResponse:
    form = forms.RecordForm(request.POST, integration=one)
    failures = forms.Failures(request.POST, prefix="failures", initial=forms.initial_failures(one))
    if not (form.is_valid() & failures.is_valid()):
        return _shown(request, one, form, failures, status=422)
    values = form.values | {forms.FAILURES: failures.said()}
    try:
        require_nobody_else_decides(one)
        changes = change(one, values, by=access, reason=form.cleaned_data["reason"], seen=form.cleaned_data["seen"])
    except Stale as stale:
        return _stale(request, one.slug, stale)
    except (Invalid, Conflict) as refused:
        form.add_error(refused.field if refused.field in form.fields else None, refused.detail)
        return _shown(request, called(one.slug), form, failures, status=refused.status)
    messages.success(request, _said(changes))
    return redirect(reverse("console:integration", args=[one.slug]))


def _stale(request: HttpRequest, slug: str, stale: Stale) -> HttpResponse:
    """The form as it was filled in, beside what is there now; saved again it stands."""
    now = called(slug)
    again = request.POST.copy()
    again["seen"] = forms.seen_by(now)
    form = forms.RecordForm(again, integration=now)
    failures = forms.Failures(again, prefix="failures", initial=forms.initial_failures(now))
    form.is_valid()
    return _shown(request, now, form, failures, since=stale.since, status=stale.status)


def _shown(
    request: HttpRequest,
    one: Integration,
    form: forms.RecordForm,
    failures: Any,
    since: tuple[Changed, ...] = (),
    status: int = 200,
) -> HttpResponse:
    decider = decider_of(one)
    context = {
        "one": one,
        "decider": decider,
        "form": form,
        "failures": failures,
        "since": since,
        "people": forms.people(),
    }
    return render(request, TEMPLATE, context, status=status)


def _said(changes: list[Changed]) -> str:
    if not changes:
        return "Nothing differs; nothing was changed."
    names = ", ".join(one.field.replace("_", " ") for one in changes)
    return f"Changed: {names}. It stands on the timeline, with your reason."
