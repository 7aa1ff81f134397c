"""The page on which an entry of the estate is chosen, written, looked at, and proposed to the board."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from controlplane.audit.models import Subject
from controlplane.console.entries.choosing import Chosen, choose
from controlplane.console.entries.governing import named_board
from controlplane.console.entries.kind import ENTRY, KINDS, subject_of
from controlplane.console.entries.sorts import SORTS, Said, Sort
from controlplane.console.entries.standing import is_word, standing
from controlplane.console.entries.written import Amiss, Mistake, begun, read_entry, text_of
from controlplane.foundation.errors import NotAllowed, NotFound, Problem
from controlplane.governance.changes.propose import propose
from controlplane.governance.kinds import CheckOf, Described, described
from controlplane.governance.models import OPEN, ChangeRequest
from controlplane.governance.rules.changed import Changed, Impact, worst_first
from controlplane.governance.rules.content import LARGEST
from controlplane.governance.selectors import deciding_board
from controlplane.governance.views.addresses import tabs
from controlplane.people.access import Access, Action, access_of, who_may

#: The button that looks and proposes nothing.
LOOK: Final = "look"
_SHAPES: Final = {"breaking": "bad", "risky": "warn", "safe": "ok"}


class EntryForm(forms.Form):
    """What the entry says, and what the board reads first."""

    entry = forms.CharField(
        label="What it says",
        max_length=LARGEST,
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 24, "spellcheck": "false", "class": "mono"}),
    )
    title = forms.CharField(label="In a line", max_length=200, required=False)
    why = forms.CharField(label="Why now", max_length=10_000, required=False, widget=forms.Textarea(attrs={"rows": 3}))

    def clean(self) -> dict[str, Any]:
        """What proposing needs and looking does not."""
        if LOOK not in self.data:
            for name, words in (("title", "Say in a line what changes."), ("why", "Say why: the board reads it.")):
                if not self.cleaned_data.get(name):
                    self.add_error(name, words)
        return self.cleaned_data


@dataclass(frozen=True, slots=True)
class Looked:
    """What follows from what is written: what differs, who is touched, and what was found."""

    changes: Sequence[tuple[str, Changed]]
    impact: Impact
    checks: Sequence[tuple[str, str, str]]


@dataclass(slots=True)
class Page:
    """One request: who asks, about what, and what came of it."""

    access: Access
    sort: Sort
    slug: str
    now: Said | None
    form: EntryForm
    mistakes: Sequence[Mistake] = ()
    looked: Looked | None = None

    @property
    def subject(self) -> Subject:
        """As a change names it."""
        return subject_of(self.sort, self.slug)


@require_http_methods(["GET", "POST"])
@login_required
def propose_entry(request: HttpRequest, kind: str) -> HttpResponse:
    """Which one, then what it shall say; written from what it says now."""
    sort, access = SORTS.get(kind), access_of(request)
    if sort is None:
        raise NotFound("There is no such kind of change that begins here.")
    slug = request.GET.get("of", "").strip()
    if not is_word(slug):
        return _choose(request, access, sort)
    now = standing(sort, slug)
    begins = text_of(now) if now is not None else begun(sort)
    page = Page(access, sort, slug, now, EntryForm(request.POST or None, initial={"entry": begins}))
    if request.method == "POST":
        if not access.may_somewhere(Action.CONFIGURE):
            raise NotAllowed(f"Only {' or '.join(who_may(Action.CONFIGURE))} may propose it. Nothing was proposed.")
        if page.form.is_valid() and (made := _worked(page, proposes=LOOK not in request.POST)) is not None:
            messages.success(request, f"{made} is proposed to {made.board}. Nothing has changed yet.")
            return redirect(made)
    status = 422 if page.form.errors or page.mistakes else 200
    return render(request, "console/entries/propose.html", _context(page), status=status)


def _choose(request: HttpRequest, access: Access, sort: Sort) -> HttpResponse:
    chosen: Chosen = choose(sort, request.GET.get("q", ""))
    context = {
        "tabs": tabs(access, ""),
        "sort": sort,
        "chosen": chosen,
        "here": reverse("console:propose-entry", args=[sort.name]),
        "board": deciding_board(sort.name),
        "may": access.may_somewhere(Action.CONFIGURE),
        "who": " or ".join(who_may(Action.CONFIGURE)),
    }
    return render(request, "console/entries/choose.html", context)


def _worked(page: Page, *, proposes: bool) -> ChangeRequest | None:
    """The change where it was proposed; else the page says what follows, or what is wrong."""
    said = page.form.cleaned_data
    try:
        content = {ENTRY: read_entry(page.sort, page.slug, said["entry"])}
        page.access.require(Action.CONFIGURE, _about(page, content).team_id)
        if proposes:
            return propose(page.access, page.sort.name, page.subject, content, title=said["title"], why=said["why"])
        page.looked = _looked(page, content)
    except Amiss as amiss:
        page.mistakes = amiss.mistakes
        page.form.add_error("entry", "It cannot be like this; nothing was proposed. What is wrong stands above.")
    except Problem as refused:
        page.form.add_error(refused.field if refused.field in page.form.fields else None, refused.detail)
    return None


def _about(page: Page, content: Mapping[str, Any]) -> Described:
    return described(KINDS[page.sort.name], page.subject, content)


def _looked(page: Page, content: Mapping[str, Any]) -> Looked:
    kind = KINDS[page.sort.name]
    kept = kind.validate(page.subject, content)
    changes = worst_first(kind.diff(page.subject, kept, kind.base(page.subject)))
    return Looked(
        [(_SHAPES[one.level.value], one) for one in changes],
        kind.impact(page.subject, kept),
        [_ran(one) for one in kind.checks(page.subject, kept)],
    )


def _ran(check: CheckOf) -> tuple[str, str, str]:
    """A check as the board will see it: its shape, its title, and its sentence."""
    try:
        with transaction.atomic():
            found = check.run()
    except Problem as problem:
        return "bad", check.title, f"It could not run, so it counts as failing. {problem.detail}"
    if found.passed:
        return "ok", check.title, found.detail
    return "bad" if check.required else "warn", check.title, found.detail


def _context(page: Page) -> dict[str, Any]:
    about = _about(page, {ENTRY: page.now}) if page.now is not None else None
    team_id = about.team_id if about else None
    may = page.access.may(Action.CONFIGURE, team_id) if about else page.access.may_somewhere(Action.CONFIGURE)
    return {
        "tabs": tabs(page.access, ""),
        "sort": page.sort,
        "slug": page.slug,
        "about": about,
        "form": page.form,
        "mistakes": page.mistakes,
        "looked": page.looked,
        "board": deciding_board(page.sort.name),
        "closes": named_board(page.sort.name) is not None,
        "open_change": _open_change(page),
        "why_not": "" if may else " or ".join(who_may(Action.CONFIGURE)),
        "back": about.url if about else reverse("console:propose-entry", args=[page.sort.name]),
    }


def _open_change(page: Page) -> ChangeRequest | None:
    about = {"subject_kind": page.subject.kind, "subject_id": page.subject.id, "kind": page.sort.name}
    rows = ChangeRequest.objects.visible_to(page.access).filter(**about, state__in=OPEN)
    found: ChangeRequest | None = rows.select_related("current").order_by("-pk").first()
    return found
