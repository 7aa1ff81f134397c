"""The page of one's own settings, and what its forms do. Each form comes back with what was typed where it is wrong."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from controlplane.console.own_settings.forms import PasswordForm, SettingsForm, as_kept
from controlplane.console.shell import chosen
from controlplane.console.views import wears
from controlplane.foundation.errors import Conflict, Invalid
from controlplane.people import oneself, sessions
from controlplane.people.access import access_of
from controlplane.people.look import CHOICES
from controlplane.people.selectors import own_account

HERE = "console:settings"


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def settings_page(request: HttpRequest) -> HttpResponse:
    """Everything that a person decides for themselves; posted, how pages are for them."""
    if request.method != "POST":
        return _page(request)
    account = own_account(request)
    form = SettingsForm(request.POST, access=access_of(request))
    if not form.is_valid():
        return _page(request, form=form)
    wanted = form.chosen(account.muted)
    oneself.choose(account, wanted)
    messages.success(request, "Saved. It holds on every page from now on.")
    return wears(request, redirect(HERE), {name: wanted[name] for name in CHOICES})


@sensitive_post_parameters()
@require_POST
@login_required
def password(request: HttpRequest) -> HttpResponse:
    """A new password: this session goes on, every other ends."""
    account, form = own_account(request), PasswordForm(request.POST)
    if not account.has_usable_password():
        raise Conflict("Your password is not kept here, so it cannot be changed here. Nothing was changed.")
    if not form.is_valid():
        return _page(request, password_form=form)
    given = form.cleaned_data
    try:
        oneself.change_password(request, account, given["current"], given["password"])
    except Invalid as problem:
        form.add_error(problem.field if problem.field in form.fields else "password", problem.detail)
        return _page(request, password_form=form)
    messages.success(request, "Your password is changed. Everywhere else you are signed out.")
    return redirect(HERE)


@require_POST
@login_required
def end_sessions(request: HttpRequest) -> HttpResponse:
    """Sign out everywhere else."""
    others = oneself.sign_out_elsewhere(request, own_account(request))
    ended = {0: "No other session was open", 1: "1 other session is ended"}.get(others, f"{others} others are ended")
    messages.success(request, f"{ended}; only this one goes on.")
    return redirect(HERE)


def _page(request: HttpRequest, **wrong: Any) -> HttpResponse:
    account, access = own_account(request), access_of(request)
    worn = {name: chosen(request, name) for name in CHOICES}
    context = {
        "form": SettingsForm(access=access, initial=as_kept(account, access, worn)),
        "password_form": PasswordForm(),
        "has_password": account.has_usable_password(),
        "sessions": sessions.open_sessions(account),
        "here": request.session.session_key,
    }
    return render(request, "console/own_settings/page.html", context | wrong, status=422 if wrong else 200)
