"""The consumers of a contract on its page, and the forms by which one is declared, said otherwise, and withdrawn."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from controlplane.console.ownership.area import tabs
from controlplane.contracts import selectors
from controlplane.contracts.consumers import declare as verbs
from controlplane.contracts.consumers.known import Consumer, Use, consumers_of
from controlplane.contracts.consumers.standing import dependency_of
from controlplane.contracts.consumers.withdraw import withdraw
from controlplane.contracts.models import Contract, Dependency
from controlplane.foundation.errors import Conflict, Invalid, NotAllowed, Problem
from controlplane.inventory.models import Integration
from controlplane.people.access import Access, Action, access_of, who_may
from controlplane.people.models import Team

#: How a use is shown: its shape, and its word.
USES: Final = {
    Use.LIVE: ("ok", "Live"),
    Use.SILENT: ("off", "Unused"),
    Use.UNOBSERVABLE: ("wait", "Out of sight"),
    Use.UNDECLARED: ("warn", "Not declared"),
}
#: Consumers that the page of a contract lists; the API has all.
SHOWN: Final = 100
UNITS: Final = {"minutes": timedelta(minutes=1), "hours": timedelta(hours=1), "days": timedelta(days=1)}
_REFUSALS: Final = (Invalid, Conflict, NotAllowed)


class UsesForm(forms.Form):
    """How somebody consumes a contract."""

    reads = forms.BooleanField(label="It reads what the contract describes", required=False)
    writes = forms.BooleanField(label="It writes it", required=False)
    fields_used = forms.CharField(
        label="Fields it uses", required=False, widget=forms.Textarea(attrs={"rows": 4, "class": "mono"})
    )
    oldest = forms.IntegerField(label="Oldest version it works with", min_value=1, required=False)
    newest = forms.IntegerField(label="Newest version it works with", min_value=1, required=False)
    every = forms.IntegerField(label="It comes every", min_value=1, max_value=1_000_000, required=False)
    unit = forms.ChoiceField(label="Counted in", choices=[(word, word) for word in UNITS], initial="days")
    contact = forms.CharField(label="Contact", max_length=verbs.LONGEST_CONTACT, required=False)
    note = forms.CharField(
        label="Note", max_length=verbs.LONGEST_NOTE, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )

    def uses(self) -> verbs.Uses:
        """As the verb takes it."""
        said = self.cleaned_data
        return verbs.Uses(
            reads=said["reads"],
            writes=said["writes"],
            fields=said["fields_used"].split(),
            oldest=said["oldest"],
            newest=said["newest"],
            cadence=said["every"] * UNITS[said["unit"]] if said["every"] else None,
            contact=said["contact"],
            note=said["note"],
        )

    def refuse(self, problem: Problem) -> None:
        """Say why nothing was kept, at the field that it is about."""
        name = {"fields": "fields_used", "cadence": "every"}.get(problem.field, problem.field)
        self.add_error(name if name in self.fields else None, problem.detail)


class ConsumerForm(UsesForm):
    """Who it is, as well."""

    integration = forms.ModelChoiceField(
        label="Integration",
        queryset=Integration.objects.order_by("name"),
        to_field_name="slug",
        required=False,
        empty_label="None: it is outside our sight",
    )
    name = forms.CharField(label="Called", max_length=verbs.LONGEST_NAME, required=False)
    team = forms.ModelChoiceField(
        label="Team that answers for it",
        queryset=Team.objects.order_by("name"),
        to_field_name="slug",
        required=False,
        empty_label="The integration's own",
    )


class WithdrawForm(forms.Form):
    """Why it is a consumer no more."""

    words = forms.CharField(label="Why", max_length=10_000, widget=forms.Textarea(attrs={"rows": 2}))


def shown(contract: Contract, access: Access) -> dict[str, Any]:
    """What the template ``_consumers.html`` reads."""
    found = consumers_of(contract)
    return {
        "consumers": [_row(one, access) for one in found[:SHOWN]],
        "more_consumers": max(0, len(found) - SHOWN),
        "declare_url": reverse("console:contract-declare", args=[contract.slug]),
    }


def _row(one: Consumer, access: Access) -> dict[str, Any]:
    shape, words = USES[one.use]
    return {"one": one, "shape": shape, "words": words, "may": access.may(Action.CONFIGURE, one.team.pk)}


@require_http_methods(["GET", "POST"])
@login_required
def declare(request: HttpRequest, slug: str) -> HttpResponse:
    """Somebody consumes the contract; ``integration`` in the address says which one is meant."""
    one, access = selectors.contract_called(slug), access_of(request)
    initial = {"reads": True, "integration": request.GET.get("integration", "")[:50], "unit": "days"}
    form = ConsumerForm(request.POST or None, initial=initial)
    status = 200
    if request.method == "POST":
        access.require_somewhere(Action.CONFIGURE)
        made = _declared(access, one, form) if form.is_valid() else None
        if made is not None:
            messages.success(request, f"{made} is declared. It is asked when a change of {one.name} touches it.")
            return redirect("console:contract", slug=slug)
        status = 422
    may = access.may_somewhere(Action.CONFIGURE)
    context = _about(one) | {"form": form, "why_not": "" if may else " or ".join(who_may(Action.CONFIGURE))}
    return render(request, "console/contracts/declare.html", context, status=status)


@require_http_methods(["GET", "POST"])
@login_required
def consumer(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """One that was declared: what is said of it, said otherwise, or withdrawn."""
    one, access = selectors.contract_called(slug), access_of(request)
    declared = dependency_of(one, pk)
    withdraws = "withdraw" in request.POST
    form = UsesForm(request.POST if request.method == "POST" and not withdraws else None, initial=_initial(declared))
    leaving = WithdrawForm(request.POST if withdraws else None, auto_id="withdraw-%s")
    status = 200
    if request.method == "POST":
        done = _withdrawn(access, declared, leaving) if withdraws else _revised(access, declared, form)
        if done:
            messages.success(request, done)
            return redirect("console:contract", slug=slug)
        status = 422
    team = declared.answers
    may = access.may(Action.CONFIGURE, team.pk if team else None)
    context = _about(one) | {"declared": declared, "team": team, "form": form, "leaving": leaving, "may": may}
    context["who_may"] = " or ".join(who_may(Action.CONFIGURE))
    context["refused"] = [*form.non_field_errors(), *leaving.non_field_errors()]
    return render(request, "console/contracts/consumer.html", context, status=status)


def _about(one: Contract) -> dict[str, Any]:
    return {"tabs": tabs("contracts"), "one": one, "back": reverse("console:contract", args=[one.slug])}


def _declared(access: Access, one: Contract, form: ConsumerForm) -> Dependency | None:
    said = form.cleaned_data
    who = {name: said[name] for name in ("integration", "name", "team")}
    try:
        return verbs.declare(access, one, form.uses(), **who)
    except _REFUSALS as problem:
        form.refuse(problem)
        return None


def _revised(access: Access, declared: Dependency, form: UsesForm) -> str:
    """What is said afterwards; empty with the form saying why nothing was kept."""
    if not form.is_valid():
        return ""
    try:
        verbs.revise(access, declared.pk, form.uses())
    except _REFUSALS as problem:
        form.refuse(problem)
        return ""
    return f"{declared}: kept, and its team stands by it."


def _withdrawn(access: Access, declared: Dependency, form: WithdrawForm) -> str:
    if not form.is_valid():
        return ""
    try:
        withdraw(access, declared.pk, form.cleaned_data["words"])
    except _REFUSALS as problem:
        form.add_error(problem.field if problem.field in form.fields else None, problem.detail)
        return ""
    return f"{declared} is withdrawn."


def _initial(declared: Dependency) -> dict[str, Any]:
    names = ("reads", "writes", "oldest", "newest", "contact", "note")
    unit, every = _counted(declared.cadence)
    plain = {name: getattr(declared, name) for name in names}
    return plain | {"fields_used": "\n".join(declared.fields), "every": every, "unit": unit}


def _counted(cadence: timedelta | None) -> tuple[str, int | None]:
    """In the largest unit that it is whole in."""
    if cadence is None:
        return "days", None
    unit = next((word for word, one in reversed(UNITS.items()) if not cadence % one), "minutes")
    return unit, max(1, cadence // UNITS[unit])
