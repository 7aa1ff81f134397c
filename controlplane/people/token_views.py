"""The page of API tokens: one's own are made and revoked here, and who operates the platform sees everybody's."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from controlplane.audit.models import Via
from controlplane.foundation import clock
from controlplane.foundation.errors import Conflict, Invalid, NotAllowed
from controlplane.people import tokens
from controlplane.people.access import Access, access_of
from controlplane.people.forms import TokenForm
from controlplane.people.models import ServiceToken, Team
from controlplane.people.roles import Role
from controlplane.people.services import By

#: So many are listed; the newest matter.
LISTED = 200


@require_http_methods(["GET", "POST"])
@login_required
def token_page(request: HttpRequest) -> HttpResponse:
    """The tokens there are, and a form for a new one, whose secret is on the answer and nowhere else."""
    access = access_of(request)
    choices = {_word(role, team): (role, team) for role, team in tokens.scopes(access)}
    labels = [(word, f"{role.label}, {team or 'the whole company'}") for word, (role, team) in choices.items()]
    form = TokenForm(request.POST if request.method == "POST" else None, scopes=labels)
    secret, status = "", 200 if request.method == "GET" else 422
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        role, team = choices[given["scope"]]
        try:
            _, secret = tokens.issue(access, given["name"], role, team, given["days"], by=By(access.actor, Via.PAGE))
        except (Invalid, Conflict, NotAllowed) as problem:
            form.add_error(problem.field if problem.field in form.fields else "name", problem.detail)
            status = problem.status
        else:
            status, form = 200, TokenForm(scopes=labels)
    context = {"form": form, "secret": secret, "tokens": _listed(access), "offered": bool(choices)}
    return render(request, "people/tokens.html", context, status=status)


@require_POST
@login_required
def revoke_token(request: HttpRequest, identifier: UUID) -> HttpResponse:
    """End one now."""
    access = access_of(request)
    try:
        token = tokens.revoke(access, identifier, by=By(access.actor, Via.PAGE))
    except Conflict as problem:
        messages.warning(request, problem.detail)
    else:
        messages.success(request, f"“{token.name}” is revoked; its next request is refused.")
    return redirect("people:tokens")


def _word(role: Role, team: Team | None) -> str:
    return f"{role}:{team.slug}" if team else str(role)


def _listed(access: Access) -> list[dict[str, Any]]:
    now = clock.now()
    return [{"token": token} | _standing(token, token.expires_at <= now) for token in tokens.visible(access)[:LISTED]]


def _standing(token: ServiceToken, is_over: bool) -> dict[str, Any]:
    if token.revoked_at is not None:
        return {"kind": "off", "words": f"Revoked by {token.revoked_by}", "usable": False}
    if is_over:
        return {"kind": "off", "words": "Expired", "usable": False}
    return {"kind": "ok", "words": "Valid", "usable": True}
