"""The page on which a new version of a contract is written, looked at, and proposed to the board."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from controlplane.audit.models import Subject
from controlplane.console.contracts import rows
from controlplane.console.contracts.drawn_up import discovery_of, drawn_up
from controlplane.console.contracts.judged import judged
from controlplane.console.contracts.views import number_of, promise
from controlplane.console.ownership.area import tabs
from controlplane.contracts import checking, selectors
from controlplane.contracts.canary.asked import CANARY
from controlplane.contracts.documents import MOST_BYTES, read_document
from controlplane.contracts.lifecycle.content import BREAKS, LONGEST, checked, content_of
from controlplane.contracts.lifecycle.kind import beside
from controlplane.contracts.lifecycle.subject import NAME
from controlplane.contracts.models import Contract, ContractVersion, Enforcement, VersionState
from controlplane.foundation.documents.lines import differing
from controlplane.foundation.documents.reading import Unreadable
from controlplane.foundation.errors import Conflict, Invalid, NotAllowed, Problem
from controlplane.governance.changes.propose import propose
from controlplane.governance.models import OPEN, ChangeRequest
from controlplane.governance.rules.changed import as_kept
from controlplane.governance.selectors import deciding_board
from controlplane.governance.selectors.documents import PART, Difference
from controlplane.governance.views import findings
from controlplane.governance.views.lines import EARLIER, Addresses, part_of, words_of
from controlplane.governance.views.reviewing import Document
from controlplane.people.access import Access, Action, access_of, who_may
from controlplane.transactions.discovering.decide import was_proposed

#: The button that looks and proposes nothing.
LOOK: Final = "look"
_LINES: Final = ("personal", "secret")
_ROWS: Final = ("keys", "links", "examples", "downgrade")


def _written(rows: int) -> forms.Textarea:
    """A field for what is code."""
    return forms.Textarea(attrs={"rows": rows, "spellcheck": "false", "class": "mono"})


class VersionForm(forms.Form):
    """What a version says, and what the board reads first."""

    document = forms.CharField(
        label="Document",
        max_length=MOST_BYTES,
        widget=forms.Textarea(attrs={"rows": 22, "spellcheck": "false", "class": "mono"}),
    )
    keys = forms.CharField(label="Business keys", required=False, max_length=rows.LONGEST, widget=_written(3))
    links = forms.CharField(
        label="Ids that name one thing", required=False, max_length=rows.LONGEST, widget=_written(3)
    )
    examples = forms.CharField(label="Examples", required=False, max_length=MOST_BYTES, widget=_written(4))
    downgrade = forms.CharField(
        label="How a message becomes one of the version before",
        required=False,
        max_length=rows.LONGEST,
        widget=_written(3),
    )
    personal = forms.CharField(
        label="What is masked", required=False, widget=forms.Textarea(attrs={"rows": 3, "class": "mono"})
    )
    secret = forms.CharField(label="What is never kept", required=False, widget=forms.Textarea(attrs={"rows": 3}))
    enforcement = forms.ChoiceField(label="What becomes of one that breaks it", choices=Enforcement.choices)
    breaks = forms.CharField(
        label="Why it has to break what others rely on",
        required=False,
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    share = forms.IntegerField(label="Of a hundred keys, first for", required=False, min_value=1, max_value=99)
    hours = forms.IntegerField(label="For so many hours", required=False, min_value=1, max_value=720)
    points = forms.IntegerField(label="Halted when so many more of a hundred end badly", required=False, min_value=0)
    key = forms.CharField(label="Keys of which entity", required=False, max_length=50)
    title = forms.CharField(label="In a line", max_length=200, required=False)
    why = forms.CharField(label="Why now", max_length=10_000, required=False, widget=forms.Textarea(attrs={"rows": 3}))

    def clean_document(self) -> Any:
        """As it is read: JSON or YAML."""
        try:
            return read_document(self.cleaned_data["document"].encode(), "document").value
        except Unreadable as error:
            where = f"Line {error.place[0]}: " if error.place else ""
            raise forms.ValidationError(f"{where}{error.detail}") from error

    def clean_keys(self) -> list[Any]:
        """As a version keeps them."""
        return _read(rows.keys_from, self.cleaned_data["keys"])

    def clean_downgrade(self) -> list[Any]:
        """As a version keeps it."""
        return _read(rows.lines_from, self.cleaned_data["downgrade"])

    def clean_links(self) -> list[Any]:
        """As a version keeps them."""
        return _read(rows.list_from, self.cleaned_data["links"], "links")

    def clean_examples(self) -> list[Any]:
        """As a version keeps them."""
        return _read(rows.list_from, self.cleaned_data["examples"], "examples")

    def clean(self) -> dict[str, Any]:
        """What proposing needs and looking does not."""
        if LOOK not in self.data:
            for name, words in (("title", "Say in a line what changes."), ("why", "Say why: the board reads it.")):
                if not self.cleaned_data.get(name):
                    self.add_error(name, words)
        return self.cleaned_data

    def content(self) -> dict[str, Any]:
        """As the change keeps it."""
        said = self.cleaned_data
        lists = {name: said[name].split() for name in _LINES} | {
            name: said[name]
            for name in _ROWS
            if name in self.data  # what was not asked for stays as it is
        }
        whole = {"schema": said["document"], "enforcement": said["enforcement"], BREAKS: said["breaks"], **lists}
        return whole | ({CANARY: self._canary()} if said["share"] else {})

    def _canary(self) -> dict[str, Any]:
        """What is left out is as it usually is."""
        said = {name: self.cleaned_data[name] for name in ("share", "hours", "points", "key")}
        return {name: value for name, value in said.items() if value not in (None, "")}


def _read(reads: Callable[..., list[Any]], *given: str) -> list[Any]:
    """What was written, or why it cannot be read, beside its field."""
    try:
        return reads(*given)
    except Invalid as error:
        raise forms.ValidationError(error.detail) from error


@require_http_methods(["GET", "POST"])
@login_required
def propose_version(request: HttpRequest, slug: str) -> HttpResponse:
    """Written from the newest version, from the one that the address names, or to let in what was discovered."""
    one, access = selectors.contract_called(slug), access_of(request)
    number = number_of(request, "version")
    begins = selectors.newest_of(one) if number is None else selectors.version_numbered(one, number)
    found = discovery_of(request, access, one)
    filled_in, why_not = drawn_up(access, found)
    form = VersionForm(request.POST or None, initial=_initial(begins) | filled_in)
    looked: dict[str, Any] = {"found": found, "not_drawn_up": why_not}
    status = 200
    if request.method == "POST":
        access.require(Action.CONFIGURE, one.team_id)
        if form.is_valid():
            report = _looked(one, form)
            looked |= report
            if LOOK not in request.POST and report:
                made = _proposed(access, one, form)
                if made is not None:
                    if found is not None:
                        was_proposed(found, made)
                    messages.success(request, f"{made} is proposed to {made.board}. Nothing is published yet.")
                    return redirect(made)
        status = 422 if form.errors else 200
    return render(
        request, "console/contracts/propose.html", _context(access, one, begins, form) | looked, status=status
    )


def _context(access: Access, one: Contract, begins: ContractVersion | None, form: VersionForm) -> dict[str, Any]:
    board = deciding_board(NAME)
    return {
        "tabs": tabs("contracts"),
        "one": one,
        "begins": begins,
        "form": form,
        "board": board,
        "promise": promise(one),
        "open_change": _open_change(access, one),
        "why_not": "" if access.may(Action.CONFIGURE, one.team_id) else " or ".join(who_may(Action.CONFIGURE)),
        "back": reverse("console:contract", args=[one.slug]),
    }


def _initial(version: ContractVersion | None) -> dict[str, Any]:
    if version is None:
        return {"document": '{\n  "type": "object"\n}', "enforcement": Enforcement.QUARANTINE}
    lists: Mapping[str, list[str]] = {name: getattr(version, name) for name in _LINES}
    return {
        "document": json.dumps(version.schema, indent=2, ensure_ascii=False),
        "enforcement": version.enforcement,
        "keys": rows.keys_in_lines(version.keys),
        "links": rows.list_in_text(version.links),
        "examples": rows.list_in_text(version.examples),
        # A message becomes one of the version before; of the next one, that is another.
        "downgrade": rows.lines_in_text(version.downgrade) if version.state == VersionState.DRAFT else "",
        **{name: "\n".join(listed) for name, listed in lists.items()},
    }


def _looked(one: Contract, form: VersionForm) -> dict[str, Any]:
    """What follows from it, and what differs; nothing, with the form saying why nobody can tell."""
    try:
        report = checking.check(one, form.cleaned_data["document"])
        whole = checked(one, form.content())
    except Invalid as refused:
        _say(form, refused)
        return {}
    return {"looked": True} | judged(report) | _differs(one, whole)


def _say(form: VersionForm, refused: Problem) -> None:
    """Why it is refused, at the field that it is about."""
    name = {"schema": "document", CANARY: "share"}.get(refused.field, refused.field)
    form.add_error(name if name in form.fields else None, refused.detail)


def _differs(one: Contract, whole: Mapping[str, Any]) -> dict[str, Any]:
    """What would be another than in the version that holds now: beside the schema, and line by line."""
    last = selectors.newest_published(one)
    if last is None:
        return {}
    changed = [as_kept(each) for each in beside(whole, content_of(last))]
    found = [findings.row_of(kept, number) for number, kept in enumerate(changed, 1)]
    difference = Difference(tuple(differing(last.schema, whole["schema"])))
    part = part_of(difference, 0, Addresses(str, str, "#{}".format), only=EARLIER)
    name, holds = f"{one.slug}.json", f"version {last.number}"
    return {
        "beside": {"groups": findings.grouped(found, findings.counted([kept["level"] for kept in changed]))},
        "beside_count": len(changed),
        "document": Document(name, holds, "what is written here", words_of(difference), part, None),
        "lines_left": max(0, len(difference.lines) - PART),
    }


def _proposed(access: Access, one: Contract, form: VersionForm) -> ChangeRequest | None:
    said = form.cleaned_data
    try:
        return propose(access, NAME, Subject(NAME, one.slug), form.content(), title=said["title"], why=said["why"])
    except (Invalid, Conflict, NotAllowed) as refused:
        _say(form, refused)
        return None


def _open_change(access: Access, one: Contract) -> ChangeRequest | None:
    rows = ChangeRequest.objects.visible_to(access).filter(subject_kind=NAME, subject_id=one.slug, state__in=OPEN)
    found: ChangeRequest | None = rows.select_related("current").order_by("-pk").first()
    return found
