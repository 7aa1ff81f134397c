"""Acts on a policy's page: exceptions, asking for a waiver, and deciding on one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from controlplane.console.policies.forms import DecisionForm, ExceptionForm, WaiverForm
from controlplane.console.policies.views import page_of
from controlplane.foundation.errors import BadInput, Conflict, Invalid, NotAllowed, NotFound
from controlplane.governance.models import Waiver
from controlplane.governance.policies import waive
from controlplane.governance.policies.except_for import except_for, no_exception
from controlplane.governance.policies.found import policy_called
from controlplane.people.access import access_of


@require_POST
@login_required
def make_exception(request: HttpRequest, slug: str) -> HttpResponse:
    """Let a policy hold otherwise for a part of the company, or there again as everywhere."""
    access = access_of(request)
    if request.POST.get("act") == "remove":
        reach, scope = request.POST.get("reach", ""), request.POST.get("scope", "")
        no_exception(access, slug, reach, scope, "Taken back on its page.")
        messages.success(request, "It holds there again as everywhere.")
        return redirect("console:policy", slug=slug)

    def act(given: dict[str, Any]) -> str:
        except_for(access, slug, given["reach"], given["scope"], given["severity"], given["reason"])
        return "The exception holds from now on."

    return _act(request, slug, "except", ExceptionForm(request.POST, auto_id="except-%s"), act)


@require_POST
@login_required
def ask_waiver(request: HttpRequest, slug: str) -> HttpResponse:
    """Ask that a policy is not held against one subject."""
    about = policy_called(slug).about

    def act(given: dict[str, Any]) -> str:
        waive.ask(access_of(request), slug, about, given["subject"], given["reason"], given["until"])
        return "It is asked for. Nothing is silenced before somebody else grants it."

    return _act(request, slug, "waiver", WaiverForm(request.POST, auto_id="waiver-%s"), act)


@require_POST
@login_required
def decide_waiver(request: HttpRequest, pk: int) -> HttpResponse:
    """Grant, decline or end a waiver."""
    found = Waiver.objects.select_related("policy").filter(pk=pk).first()
    if found is None:
        raise NotFound("There is no such waiver.")
    form = DecisionForm(request.POST)
    if not form.is_valid():
        raise BadInput("Say grant, decline or end, and words that are not too long.")
    act, words = form.cleaned_data["act"], form.cleaned_data["words"]
    verbs = {"grant": waive.grant, "decline": waive.decline, "end": waive.end}
    try:
        decided = verbs[act](access_of(request), pk, words)
    except (Invalid, Conflict, NotAllowed) as problem:
        messages.warning(request, problem.detail)
    else:
        messages.success(request, f"The waiver is {decided.get_state_display().lower()}.")
    return redirect("console:policy", slug=found.policy.slug)


def _act(request: HttpRequest, slug: str, name: str, form: Form, act: Callable[[dict[str, Any]], str]) -> HttpResponse:
    found = policy_called(slug)
    status = 422
    if form.is_valid():
        try:
            messages.success(request, act(form.cleaned_data))
            return redirect("console:policy", slug=slug)
        except (Invalid, Conflict, NotAllowed, NotFound) as problem:
            field = "subject" if isinstance(problem, NotFound) and "subject" in form.fields else problem.field
            form.add_error(field if field in form.fields else None, problem.detail)
            status = problem.status
    return render(request, "console/policies/one.html", page_of(request, found, ask=name, form=form), status=status)
