"""The page on which it is proposed that a version of a contract goes, with who still works by it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from controlplane.console.contracts.views import number_of
from controlplane.console.ownership.area import tabs
from controlplane.contracts import selectors
from controlplane.contracts.consumers.leaving import holders_of
from controlplane.contracts.lifecycle.sunset_kind import NAME, subject_of
from controlplane.contracts.models import Contract, ContractVersion, Sunset, VersionState
from controlplane.foundation.errors import Conflict, Invalid, NotAllowed, NotFound
from controlplane.governance.changes.propose import propose
from controlplane.governance.models import ChangeRequest
from controlplane.governance.selectors import deciding_board
from controlplane.people.access import Access, Action, access_of, who_may


class SunsetForm(forms.Form):
    """On which day, and why."""

    on = forms.DateField(label="It goes on", widget=forms.DateInput(attrs={"type": "date"}))
    in_any_case = forms.BooleanField(label="Whoever still works by it then", required=False)
    why = forms.CharField(label="Why", max_length=10_000, widget=forms.Textarea(attrs={"rows": 3}))


@require_http_methods(["GET", "POST"])
@login_required
def sunset(request: HttpRequest, slug: str) -> HttpResponse:
    """Of the version that the address names; of the oldest that is published where it names none."""
    one, access, number = selectors.contract_called(slug), access_of(request), number_of(request, "version")
    version = _oldest(one) if number is None else selectors.version_numbered(one, number)
    form = SunsetForm(request.POST or None)
    if request.method == "POST":
        access.require(Action.CONFIGURE, one.team_id)
        made = _proposed(access, version, form) if form.is_valid() else None
        if made is not None:
            messages.success(request, f"{made} is proposed to {made.board}. Nothing goes before it has agreed.")
            return redirect(made)
    context = _context(access, version, form)
    return render(request, "console/contracts/sunset.html", context, status=422 if form.errors else 200)


def _oldest(contract: Contract) -> ContractVersion:
    """The first that could go; :class:`NotFound` of a contract that has published nothing."""
    found = selectors.versions_of(contract).filter(state=VersionState.PUBLISHED).order_by("number").first()
    if found is None:
        raise NotFound(f"{contract.name} has published no version yet.")
    return found


def _context(access: Access, version: ContractVersion, form: SunsetForm) -> dict[str, Any]:
    contract = version.contract
    newest = selectors.newest_of(contract)
    announced = Sunset.objects.filter(version=version).select_related("change").first()
    return {
        "tabs": tabs("contracts"),
        "one": contract,
        "version": version,
        "form": form,
        "board": deciding_board(NAME),
        "announced": announced,
        "users": holders_of(version, announced.change if announced else None),
        "holds": newest is not None and newest.pk == version.pk,
        "published": version.state == VersionState.PUBLISHED,
        "why_not": "" if access.may(Action.CONFIGURE, contract.team_id) else " or ".join(who_may(Action.CONFIGURE)),
        "back": f"{reverse('console:contract', args=[contract.slug])}?version={version.number}",
    }


def _proposed(access: Access, version: ContractVersion, form: SunsetForm) -> ChangeRequest | None:
    said = form.cleaned_data
    content = {"on": said["on"].isoformat(), "in_any_case": said["in_any_case"]}
    title = f"{version} goes on {said['on']:%-d %b %Y}"
    try:
        return propose(access, NAME, subject_of(version), content, title=title, why=said["why"])
    except (Invalid, Conflict, NotAllowed) as refused:
        form.add_error(refused.field if refused.field in form.fields else None, refused.detail)
        return None
