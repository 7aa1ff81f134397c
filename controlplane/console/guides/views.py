"""The questionnaire of one guide about one integration: first what it recommends and why, then the decision."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from controlplane.console.entries.governing import require_nobody_else_decides
from controlplane.console.guides import catalogue
from controlplane.foundation.errors import Conflict, Invalid, NotFound
from controlplane.inventory import deciding
from controlplane.inventory.models import Integration
from controlplane.inventory.rules.guides import Guide, Weighed, guide, weigh
from controlplane.people.access import Access, Action, access_of, who_may
from controlplane.sync.views.parts import tabs


@require_http_methods(["GET", "POST"])
@login_required
def decide(request: HttpRequest, slug: str, name: str) -> HttpResponse:
    """Ask, recommend, and keep what is decided. The answers stand in the address, so that they can be shown around."""
    asked, one, access = guide(name), _integration(slug), access_of(request)
    given = request.POST if request.method == "POST" else request.GET
    answers = {question.name: given.get(question.name, "") for question in asked.questions}
    problem, status = None, 200
    try:
        weighed = weigh(asked, answers) if any(answers.values()) else []
        if request.method == "POST":
            said: dict[str, Any] = {field: request.POST.get(field, "") for field in ("chosen", "need", "deviation")}
            require_nobody_else_decides(one)
            deciding.decide(access, one, asked, answers, **said)
            messages.success(request, f"Decided: {asked.option(said['chosen']).name}. It stands with the integration.")
            return redirect("console:integration", one.slug)
    except (Invalid, Conflict) as wrong:
        problem, status = wrong, wrong.status
        weighed = _weighed(asked, answers)
    before = deciding.newest([one.pk]).get(one.pk, {}).get(asked.name)
    context = {
        "one": one,
        "guide": asked,
        "questions": [(question, answers[question.name]) for question in asked.questions],
        "weighed": weighed,
        "chosen": given.get("chosen", "") or (weighed[0].option.value if weighed else ""),
        "said": {field: given.get(field, "") for field in ("need", "deviation")},
        "needed": [option for option in asked.options if option.value in asked.needs_reason],
        "problem": problem,
        "before": before,
        "before_option": asked.option(before.chosen) if before else None,
        "back": reverse("console:integration", args=[one.slug]),
        "recommends": "" if weighed else "primary",
        "no_act": _why_not(access, one),
    }
    return render(request, "console/guides/decide.html", context, status=status)


@require_GET
@login_required
def patterns(request: HttpRequest) -> HttpResponse:
    """The approved patterns: when each fits, what it costs, a template, and who uses it."""
    context = {"tabs": tabs("patterns"), "patterns": catalogue.used(access_of(request))}
    return render(request, "console/guides/patterns.html", context)


def _weighed(asked: Guide, answers: Mapping[str, str]) -> list[Weighed]:
    """What can be said of the answers; nothing while one of them is missing."""
    try:
        return weigh(asked, answers)
    except Invalid:
        return []


def _integration(slug: str) -> Integration:
    one = Integration.objects.select_related("team", "environment").filter(slug=slug).first()
    if one is None:
        raise NotFound("There is no integration of that name.")
    return one


def _why_not(access: Access, one: Integration) -> str:
    if access.may(Action.CONFIGURE, one.team_id):
        return ""
    roles = " or ".join(f"“{role}”" for role in who_may(Action.CONFIGURE))
    return f"your roles do not let you decide about integrations of {one.team.name}; {roles} may"
