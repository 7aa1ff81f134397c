"""Importing from a page: upload, look at what it would do, apply."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from controlplane.console.estate.problems import Refused
from controlplane.console.imports import keeping
from controlplane.console.imports.formats import understand
from controlplane.console.imports.forms import ImportForm
from controlplane.console.imports.plan import Options, Plan, slug_of, told
from controlplane.foundation.errors import Conflict, Invalid, NotAllowed, Problem
from controlplane.inventory.environments import begins_in
from controlplane.inventory.models import Environment, Instance
from controlplane.people.access import ALL, Access, Action, access_of, who_may
from controlplane.people.models import Team

#: Lines of a plan on the page; the command and the API tell all of them.
SHOWN: Final = 200


@require_http_methods(["GET", "POST"])
@login_required
def upload(request: HttpRequest) -> HttpResponse:
    """Which document, and where it belongs; a valid one leads to what it would do."""
    access = access_of(request)
    if request.method == "GET":
        return _form(request, _empty(access))
    access.require_somewhere(Action.CONFIGURE)
    form = ImportForm(request.POST, request.FILES, **_offered(access))
    if not form.is_valid():
        return _form(request, form, status=422)
    try:
        return redirect("console:import", identifier=_kept(access, form))
    except Refused as refused:
        return _form(request, form, problems=list(refused.problems), status=422)
    except (Invalid, NotAllowed) as problem:
        form.add_error(problem.field if problem.field in form.fields else None, problem.detail)
        return _form(request, form, status=problem.status)


@require_http_methods(["GET", "POST"])
@login_required
def look(request: HttpRequest, identifier: UUID) -> HttpResponse:
    """What applying an uploaded document would do; then doing exactly that."""
    access = access_of(request)
    draft = keeping.called(access, identifier)
    problem: Problem | None = None
    if request.method == "POST":
        try:
            plan = keeping.apply(access, draft, request.POST.get("seen", ""))
        except (Conflict, Invalid) as error:
            problem = error
        else:
            messages.success(request, f"Imported {draft.file}: {plan.summary}.")
            return redirect(_afterwards(plan, draft.options))
    context: dict[str, Any] = {"draft": draft, "problem": problem}
    try:
        plan = keeping.plan_of(access, draft)
    except (Invalid, NotAllowed) as error:
        context["problem"] = error
    else:
        context |= {"plan": plan, "rows": _rows(plan), "more": max(0, len(plan.lines) - SHOWN)}
    status = context["problem"].status if context["problem"] else 200
    return render(request, "console/imports/look.html", context, status=status)


def _kept(access: Access, form: ImportForm) -> UUID:
    given = form.cleaned_data
    document = understand(given["format"], given["file"].read(), given["file"].name, form.wanted())
    draft = keeping.keep(access, given["format"], document, given["file"].name, form.options(), given["environment"])
    try:
        keeping.plan_of(access, draft)
    except Problem:
        draft.delete()
        raise
    return draft.pk


def _rows(plan: Plan) -> list[dict[str, Any]]:
    tones = {"created": "ok", "back": "ok", "changed": "run", "gone": "warn"}
    return [
        {"line": line, "tone": tones[line.how], "told": list(told(line)), "what": line.where.split(".", 1)}
        for line in plan.lines[:SHOWN]
    ]


def _afterwards(plan: Plan, options: dict[str, Any]) -> str:
    if not plan.document.doors:
        return reverse("console:interfaces")
    where = {name: options[name] for name in ("instance", "interface", "team")}
    return reverse("console:interface", args=[slug_of(plan.document.doors[0], Options(**where))])


def _offered(access: Access) -> dict[str, Any]:
    reach = access.teams_that(Action.CONFIGURE)
    instances = Instance.objects.select_related("system").order_by("name", "pk")
    teams = Team.objects.order_by("name", "pk")
    if reach is not ALL:
        instances, teams = instances.filter(system__team__in=reach), teams.filter(pk__in=reach)
    environments = Environment.objects.order_by("name", "pk") if reach is ALL else Environment.objects.none()
    return {"instances": list(instances), "teams": list(teams), "environments": list(environments)}


def _empty(access: Access) -> ImportForm:
    return ImportForm(**_offered(access), initial={"environment": begins_in(access)})


def _form(
    request: HttpRequest, form: ImportForm, *, problems: list[str] | None = None, status: int = 200
) -> HttpResponse:
    access = access_of(request)
    context = {
        "form": form,
        "problems": problems or [],
        "may_import": access.may_somewhere(Action.CONFIGURE),
        "who": " or ".join(f"“{role}”" for role in who_may(Action.CONFIGURE)),
    }
    return render(request, "console/imports/upload.html", context, status=status)
