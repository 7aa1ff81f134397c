"""The page of one change, and what is done there."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_GET, require_POST

from controlplane.foundation.errors import Conflict, Invalid, NotAllowed, NotFound
from controlplane.governance.changes.apply import apply
from controlplane.governance.changes.check import check_again
from controlplane.governance.changes.comment import comment
from controlplane.governance.changes.meet import meet
from controlplane.governance.changes.propose import submit
from controlplane.governance.changes.resolve import resolve
from controlplane.governance.changes.review import review
from controlplane.governance.changes.rollback import rollback
from controlplane.governance.changes.vote import Asked, vote
from controlplane.governance.changes.withdraw import withdraw
from controlplane.governance.forms import (
    CommentForm,
    PlaceForm,
    Refusing,
    RemarkForm,
    RollbackForm,
    VoteForm,
    WordsForm,
)
from controlplane.governance.kinds import kind_called
from controlplane.governance.models import ChangeRequest, ChangeState, Choice, Comment
from controlplane.governance.selectors import change_for
from controlplane.governance.views.addresses import number_in, with_query
from controlplane.governance.views.parts import saying
from controlplane.governance.views.reviewing import Asked as AskedFor
from controlplane.governance.views.reviewing import asked_in, differences, document
from controlplane.governance.views.sections import sections
from controlplane.governance.views.showing import Shown, shown
from controlplane.people.access import Access, access_of

_REFUSALS = (Invalid, Conflict, NotAllowed, NotFound)
#: The part that follows: checks, votes and state.
STANDING_REGION = "standing"


@require_GET
@login_required
def change_page(request: HttpRequest, pk: int) -> HttpResponse:
    """What breaks, for whom, and what this person may do about it."""
    access = access_of(request)
    return _page(request, access, change_for(access, pk), number_in(request.GET.get("v", "")))


@require_POST
@login_required
def vote_on(request: HttpRequest, pk: int) -> HttpResponse:
    """Cast a vote on the version that was read."""
    access = access_of(request)
    change = change_for(access, pk)
    here = shown(access, change)
    form = VoteForm(request.POST, seats=here.may_choose)
    if not form.is_valid():
        return _page(request, access, change, forms={"vote": form}, status=422)
    said = form.cleaned_data
    try:
        after = vote(
            access,
            pk,
            Choice(said["choice"]),
            said["words"],
            revision=said["revision"],
            content_hash=said["content_hash"],
            on_behalf_of=said.get("on_behalf_of"),
            conditions=[Asked(said["condition"], before=not said["after"])] if said["condition"].strip() else [],
        )
    except _REFUSALS as problem:
        form.refuse(problem)
        return _page(request, access, change_for(access, pk), forms={"vote": form}, status=problem.status)
    messages.success(request, f"Your vote is kept. {after} is {after.get_state_display().lower()}.")
    return redirect(after)


@dataclass(frozen=True, slots=True)
class Deed:
    """Something that is done on the page: by which form, and what is said afterwards."""

    does: Callable[[Access, int, Mapping[str, Any]], object]
    form: type[Refusing] | None = None
    said: str = ""


def _rolled_back(access: Access, pk: int, said: Mapping[str, Any]) -> ChangeRequest:
    failures = [one.strip() for one in said["answers_for"].split(",") if one.strip()]
    return rollback(access, pk, why=said["words"], answers_for=failures)


def _said_at(access: Access, pk: int, said: Mapping[str, Any]) -> Comment:
    return comment(access, pk, said["words"], at=said["at"], version=said["revision"])


def _resolved(access: Access, pk: int, said: Mapping[str, Any], *, resolved: bool) -> Comment:
    return resolve(access, pk, said["comment"], resolved=resolved)


DEEDS: Mapping[str, Deed] = {
    "submit": Deed(lambda access, pk, _said: submit(access, pk), said="It is before its board."),
    "apply": Deed(lambda access, pk, _said: apply(access, pk), said="It is applied."),
    "check": Deed(lambda access, pk, _said: check_again(access, pk), said="Its checks run again."),
    "withdraw": Deed(lambda access, pk, said: withdraw(access, pk, said["words"]), WordsForm, "It is withdrawn."),
    "comment": Deed(lambda access, pk, said: comment(access, pk, said["words"]), CommentForm, "Your comment is kept."),
    "say": Deed(_said_at, PlaceForm, "Your comment is kept."),
    "resolve": Deed(partial(_resolved, resolved=True), RemarkForm, "It is resolved."),
    "reopen": Deed(partial(_resolved, resolved=False), RemarkForm, "It is open again."),
    "review": Deed(lambda access, pk, said: review(access, pk, said["words"]), WordsForm, "The review is kept."),
    "rollback": Deed(_rolled_back, RollbackForm, "Taking it back is proposed."),
}


@require_POST
@login_required
def act(request: HttpRequest, pk: int, deed: str) -> HttpResponse:
    """Do one thing to a change, and show it again."""
    if deed not in DEEDS:
        raise NotFound("Nothing of that name is done to a change.")
    return _done(request, pk, deed, DEEDS[deed])


@require_POST
@login_required
def meet_condition(request: HttpRequest, pk: int, condition: int) -> HttpResponse:
    """Say that a condition is met, with the evidence."""
    said = Deed(lambda access, pk, given: meet(access, pk, condition, given["words"]), WordsForm, "It is noted as met.")
    return _done(request, pk, f"condition-{condition}", said)


def _done(request: HttpRequest, pk: int, name: str, deed: Deed) -> HttpResponse:
    access = access_of(request)
    change = change_for(access, pk)
    form = deed.form(request.POST) if deed.form else Refusing(request.POST)
    if not form.is_valid():
        return _page(request, access, change, _read(form), forms={name: form}, status=422)
    try:
        after = deed.does(access, pk, form.cleaned_data)
    except _REFUSALS as problem:
        form.refuse(problem)
        return _page(request, access, change_for(access, pk), _read(form), forms={name: form}, status=problem.status)
    messages.success(request, deed.said)
    return redirect(after if isinstance(after, ChangeRequest | Comment) else change)


def _rollback_form(access: Access, here: Shown) -> RollbackForm:
    """With the failures that began with what it applied, for whoever may take it back."""
    change = here.change
    offered = change.state == ChangeState.APPLIED and here.can_undo and not here.why_not_owner
    failures = kind_called(change.kind).failures(change, access) if offered else ()
    return RollbackForm(auto_id="rollback-%s", initial={"answers_for": ", ".join(failures)})


def _page(
    request: HttpRequest,
    access: Access,
    change: ChangeRequest,
    number: int | None = None,
    *,
    forms: Mapping[str, Refusing] | None = None,
    status: int = 200,
) -> HttpResponse:
    given = dict(forms or {})
    asked = asked_in(request) if request.method == "GET" else AskedFor(at=_place_in(given.get("say")))
    here = shown(access, change, number)
    lines = document(change, asked, here.talk)
    refused = [error for form in given.values() for errors in form.errors.values() for error in errors]
    context: dict[str, Any] = {
        **saying(change, here.talk, asked, given.get("say")),
        "one": here,
        "tabs": sections(here, lines),
        "differences": differences(change, asked, here.talk),
        "document": lines,
        "fetch_url": with_query(reverse("governance:lines", args=[change.pk]), v=here.revision.number),
        "content_url": with_query(reverse("governance:content", args=[change.pk]), v=here.revision.number),
        "content_asked": request.method == "GET" and "content" in request.GET,
        "blank_form": PlaceForm(initial={"revision": here.revision.number}, auto_id="here-%s"),
        "here": f"{change.get_absolute_url()}?v={here.revision.number}",
        "refused": refused,
        "vote_form": _vote_form(given.get("vote"), here),
        "comment_form": given.get("comment") or CommentForm(auto_id="comment-%s"),
        "withdraw_form": given.get("withdraw") or WordsForm(auto_id="withdraw-%s"),
        "review_form": given.get("review") or WordsForm(auto_id="review-%s"),
        "rollback_form": given.get("rollback") or _rollback_form(access, here),
        "evidence_form": WordsForm(auto_id="evidence-%s"),
        "applies": change.state == ChangeState.APPROVED,
        "applied": change.state == ChangeState.APPLIED,
        "draft": change.state == ChangeState.DRAFT,
        "needs_review": change.emergency and change.applied_at is not None and change.reviewed_at is None,
    }
    fragment = request.headers.get("HX-Target") == STANDING_REGION
    response = render(
        request, "governance/_standing.html" if fragment else "governance/change.html", context, status=status
    )
    patch_vary_headers(response, ["HX-Request", "HX-Target"])
    return response


def _read(form: Refusing) -> int | None:
    """Which version whoever sent a form was reading, where it says so; what is none is the newest."""
    return form.cleaned_data.get("revision")


def _place_in(form: Refusing | None) -> str:
    """Of which place a form that was refused says something."""
    return str(form.data.get("at", "")) if form is not None else ""


def _vote_form(given: Refusing | None, here: Shown) -> Refusing | None:
    if not here.is_current or here.why_no_vote:
        return given
    if given is not None:
        # A stale form keeps what was typed, and from now on is bound to what is read now.
        now = {"revision": str(here.revision.number), "content_hash": here.revision.content_hash}
        given.data = dict(given.data.items()) | now
        return given
    initial = {"revision": here.revision.number, "content_hash": here.revision.content_hash}
    return VoteForm(initial=initial, seats=here.may_choose, auto_id="vote-%s")
