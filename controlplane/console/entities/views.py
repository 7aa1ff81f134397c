"""The list of entities, and the page of one: attributes, schema, versions with what each changed, lifecycle."""

from __future__ import annotations

import json
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Count, Prefetch, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from controlplane.console.entities.forms import RevisionForm
from controlplane.console.ownership.area import tabs
from controlplane.console.ownership.deciding import propose_version
from controlplane.console.ownership.views import why_not
from controlplane.foundation.errors import BadInput, Conflict, Invalid, NotAllowed, NotFound
from controlplane.inventory.canonical.revise import revise
from controlplane.inventory.models import EntityAttribute, EntityKind, EntityVersion, Lifecycle, Personal
from controlplane.inventory.ownership.governed import deciding_board
from controlplane.inventory.ownership.matrix import rows_of
from controlplane.inventory.ownership.put import history
from controlplane.inventory.rules.schemas import differences, ordered
from controlplane.people.access import access_of

TABS = ("attributes", "schema", "versions", "lifecycle")
#: Versions that the page lists, the newest first.
VERSIONS = 50


@require_GET
@login_required
def entities(request: HttpRequest) -> HttpResponse:
    """What business speaks of, and how much of it is decided."""
    active = Q(attributes__active=True)
    rows = EntityKind.objects.annotate(
        number=Count("attributes", filter=active, distinct=True),
        personal_ones=Count("attributes", filter=active & ~Q(attributes__personal=Personal.NONE), distinct=True),
        decided=Count("ownerships", distinct=True),
        version=Count("versions", distinct=True),
    )
    context = {"tabs": tabs("entities"), "rows": rows.order_by("name")}
    return render(request, "console/entities/list.html", context)


@require_GET
@login_required
def entity(request: HttpRequest, slug: str) -> HttpResponse:
    """One entity."""
    return _page(request, _called(slug))


@require_POST
@login_required
def revise_entity(request: HttpRequest, slug: str) -> HttpResponse:
    """Make a new version of it."""
    kind, form, status = _called(slug), RevisionForm(request.POST, auto_id="revision-%s"), 422
    if form.is_valid():
        filled = form.cleaned_data
        content = {"schema": filled["schema"], "operations": filled["operations"]}
        try:
            if deciding_board() is not None:
                messages.success(request, propose_version(access_of(request), kind, content, filled["reason"]))
                return redirect("console:entity", slug=slug)
            made = revise(
                access_of(request),
                kind,
                filled["schema"],
                filled["operations"],
                filled["reason"],
                stands_on=filled["stands_on"],
            )
        except (Invalid, Conflict, NotAllowed) as problem:
            field = getattr(problem, "field", "")
            form.add_error(field if field in form.fields else None, problem.detail)
            status = problem.status
        else:
            messages.success(request, f"{kind.name} is at version {made.number}.")
            return redirect(f"{reverse('console:entity', args=[slug])}?tab=versions")
    return _page(request, kind, form=form, status=status)


def _called(slug: str) -> EntityKind:
    versions = EntityVersion.objects.select_related("author").order_by("-number")
    kind = EntityKind.objects.prefetch_related(Prefetch("versions", versions)).filter(slug=slug).first()
    if kind is None:
        raise NotFound("There is no entity of that name.")
    return kind


def _page(
    request: HttpRequest, kind: EntityKind, *, form: RevisionForm | None = None, status: int = 200
) -> HttpResponse:
    access = access_of(request)
    tab = "schema" if form else request.GET.get("tab", TABS[0])
    if tab not in TABS:
        raise BadInput(f"tab={tab!r} is none of {', '.join(TABS)}.", field="tab")
    versions = list(kind.versions.all())
    attributes = list(EntityAttribute.objects.filter(entity=kind, active=True).select_related("entity"))
    schema = _in_order(versions[0].schema if versions else {}, attributes)
    allowed = versions[0].operations if versions else []
    context = {
        "tabs": tabs("entities"),
        "parts": _parts(kind, tab, len(attributes), len(versions)),
        "tab": tab,
        "kind": kind,
        "newest": versions[0] if versions else None,
        "attributes": _with_owners(attributes),
        "ownership_url": f"{reverse('console:ownership')}?entity={kind.slug}",
        "schema": schema,
        "versions": _with_changes(versions[: VERSIONS + 1])[:VERSIONS] if tab == "versions" else [],
        "lifecycle": [(label, word in allowed) for word, label in Lifecycle.choices],
        "form": form or _form(versions, schema),
        "no_act": why_not(access),
        "board": deciding_board(),
        "history": history(kind, None),
    }
    return render(request, "console/entities/one.html", context, status=status)


def _in_order(schema: dict[str, Any], attributes: list[EntityAttribute]) -> dict[str, Any]:
    return ordered(schema, [one.pointer for one in attributes])


def _form(versions: list[EntityVersion], schema: dict[str, Any]) -> RevisionForm:
    newest = versions[0] if versions else None
    initial = {
        "schema": json.dumps(schema, indent=2, ensure_ascii=False),
        "operations": newest.operations if newest else [],
        "stands_on": newest.number if newest else 0,
    }
    return RevisionForm(auto_id="revision-%s", initial=initial)


def _parts(kind: EntityKind, tab: str, attributes: int, versions: int) -> list[dict[str, Any]]:
    counts = {"attributes": attributes, "versions": versions}
    here = reverse("console:entity", args=[kind.slug])
    return [
        {"label": word.capitalize(), "url": f"{here}?tab={word}", "current": word == tab, "count": counts.get(word)}
        for word in TABS
    ]


def _with_owners(attributes: list[EntityAttribute]) -> list[dict[str, Any]]:
    """Each attribute with its system of record, where there is one."""
    found = []
    for row in rows_of(attributes, []):
        one, holds = row.attribute, row.holds
        record = holds.record.name if holds and holds.record else ""
        found.append({"row": one, "record": record, "inherited": row.inherits})
    return found


def _with_changes(versions: list[EntityVersion]) -> list[dict[str, Any]]:
    """Each version with what it changed in the one before."""
    found = []
    for place, version in enumerate(versions):
        before = versions[place + 1] if place + 1 < len(versions) else None
        changes = differences(before.schema, version.schema) if before else []
        came = [word for word in version.operations if before and word not in before.operations]
        went = [word for word in before.operations if word not in version.operations] if before else []
        found.append({"version": version, "changes": changes, "came": came, "went": went, "first": before is None})
    return found
