"""What one consumer is asked about a change, where its team and the board answer; and the panel on the change."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from controlplane.console.ownership.area import tabs
from controlplane.contracts.consumers.answer import answer, is_asked, why_not
from controlplane.contracts.consumers.selectors import confirmation, confirmations_about, contract_slug_of
from controlplane.contracts.lifecycle.subject import NAME, SUNSET
from controlplane.contracts.models import Confirmation, Said, Standing
from controlplane.foundation.errors import Conflict, Invalid, NotAllowed
from controlplane.governance.changes.writing import LONGEST_WORDS
from controlplane.governance.panels import Panel, PanelOf
from controlplane.people.access import Access, access_of

#: How it stands with one, as a shape.
SHAPES: Final = {
    Standing.WAITING: "wait",
    Standing.STALE: "warn",
    Standing.CONFIRMED: "ok",
    Standing.REFUSED: "bad",
    Standing.OVERRIDDEN: "part",
    Standing.RELEASED: "off",
}
_LEVELS: Final = {"breaking": "bad", "risky": "warn", "safe": "ok"}
_THANKS: Final = {
    Said.CONFIRMED: "{} has confirmed.",
    Said.REFUSED: "It is kept that {} cannot live with it.",
    Said.OVERRIDDEN: "It goes ahead without {}, on your word.",
}


class AnswerForm(forms.Form):
    """What is said, and about which content."""

    said = forms.ChoiceField(choices=Said.choices)
    content_hash = forms.CharField(max_length=64, widget=forms.HiddenInput)
    words = forms.CharField(
        label="Why",
        max_length=LONGEST_WORDS,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


@require_http_methods(["GET", "POST"])
@login_required
def confirm(request: HttpRequest, pk: int) -> HttpResponse:
    """One consumer: what touches it, what was said for it, and what this person may say."""
    access, one = access_of(request), confirmation(pk)
    form = AnswerForm(request.POST or None, initial={"content_hash": one.revision.content_hash})
    status = 200
    if request.method == "POST":
        done = _answered(access, one, form) if form.is_valid() else None
        if done is not None:
            messages.success(request, _THANKS[done].format(one.name))
            return redirect("console:confirmation", pk=pk)
        # What is answered from now on is what is read now.
        one, status = confirmation(pk), 422
        form.data = dict(form.data.items()) | {"content_hash": one.revision.content_hash}
    return render(request, "console/contracts/confirm.html", _context(access, one, form), status=status)


def _asked(asked: PanelOf) -> dict[str, Any]:
    """Which consumers were asked about a revision, how it stands with each, and where it is answered."""
    return {"rows": [_row(one) for one in confirmations_about(asked.revision)]}


PANEL: Final = Panel(
    title="Consumers",
    template="console/contracts/_asked.html",
    read=_asked,
    kinds=frozenset({NAME, SUNSET}),
    count=lambda read: sum(row["one"].state in {Standing.WAITING, Standing.STALE} for row in read["rows"]),
)


def _row(one: Confirmation) -> dict[str, Any]:
    answers = list(one.answers.all())
    return {"one": one, "shape": SHAPES[Standing(one.state)], "last": answers[-1] if answers else None}


def _answered(access: Access, one: Confirmation, form: AnswerForm) -> Said | None:
    said = form.cleaned_data
    word = Said(said["said"])
    try:
        answer(access, one.pk, word, said["words"], content_hash=said["content_hash"])
    except (Invalid, Conflict, NotAllowed) as refused:
        form.add_error(refused.field if refused.field in form.fields else None, refused.detail)
        return None
    return word


def _context(access: Access, one: Confirmation, form: AnswerForm) -> dict[str, Any]:
    change = one.change
    is_open = is_asked(change, one)
    whys = {word: why_not(access, one, change, word) for word in Said} if is_open else {}
    return {
        "tabs": tabs("contracts"),
        "one": one,
        "change": change,
        "contract_slug": contract_slug_of(change),
        "shape": SHAPES[Standing(one.state)],
        "findings": [(_LEVELS[finding["level"]], finding) for finding in one.findings],
        "answers": list(one.answers.all()),
        "form": form,
        "refused": [*form.non_field_errors(), *form["said"].errors, *form["content_hash"].errors],
        "is_open": is_open,
        "choices": [(word.value, _BUTTONS[word]) for word, why in whys.items() if not why],
        # Whoever has nothing to say reads why: as somebody of its team, and as somebody of the board.
        "whys": list(dict.fromkeys(why for why in whys.values() if why)),
    }


_BUTTONS: Final = {
    Said.CONFIRMED: ("We can live with it", "primary"),
    Said.REFUSED: ("We cannot", "danger"),
    Said.OVERRIDDEN: ("It goes ahead without it", "danger"),
}
