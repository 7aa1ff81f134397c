"""What people fill in about dead letters and replays."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django import forms
from django.core import signing

from controlplane.foundation.errors import Invalid
from controlplane.people.models import Team
from controlplane.transactions.models.saved_views import LONGEST_NAME
from controlplane.transactions.replay.plan import PlannedItem
from controlplane.transactions.rules.edits import MAX_BYTES

#: More step runs than one replay takes are refused by its verb; this only bounds what is read.
LONGEST_SELECTION = 500_000


class ReasonForm(forms.Form):
    """Why somebody does something."""

    reason = forms.CharField(
        label="Reason, kept in the record", max_length=1000, widget=forms.Textarea(attrs={"rows": 2})
    )


class DecisionForm(ReasonForm):
    """Whether somebody on the board agrees to a replay, and why; each button sends one of the words."""

    decision = forms.ChoiceField(
        choices=[("approve", "Agree"), ("decline", "Decline")],
        error_messages=dict.fromkeys(("required", "invalid_choice"), "Agree or decline: nothing was decided."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].label = "Your word, kept in the record"


class ReleaseForm(ReasonForm):
    """Why events are let out of quarantine together; ``token`` is the form's own: sent twice, it asks for one."""

    token = forms.UUIDField(widget=forms.HiddenInput)


class EditReleaseForm(ReasonForm):
    """An event that is let out, with its body as it may be changed; ``basis`` is the body that was shown."""

    body = forms.CharField(
        label="What came in",
        max_length=MAX_BYTES,
        widget=forms.Textarea(attrs={"rows": 18, "spellcheck": "false", "class": "mono"}),
    )
    basis = forms.UUIDField(widget=forms.HiddenInput)
    field_order = ("body", "reason", "basis")


class SaveViewForm(forms.Form):
    """What a search is called, and whose it is."""

    name = forms.CharField(label="Name", max_length=LONGEST_NAME)
    team = forms.TypedChoiceField(label="For", required=False, empty_value=None)

    def __init__(self, *arguments: Any, teams: Iterable[Team], **named: Any) -> None:
        super().__init__(*arguments, **named)
        by_slug = {team.slug: team for team in teams}
        field = self.fields["team"]
        if isinstance(field, forms.TypedChoiceField):
            field.choices = [("", "Only me"), *((slug, f"{team}, everybody") for slug, team in by_slug.items())]
            field.coerce = by_slug.__getitem__

    def refuse(self, error: Invalid) -> None:
        """Show why it was not saved, at the field that it is about."""
        self.add_error(error.field if error.field in self.fields else None, error.detail)


class PauseForm(ReasonForm):
    """How long a destination is paused."""

    until = forms.DateTimeField(
        label="Until",
        required=False,
        help_text="Empty: until somebody resumes it.",
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}),
    )


class ResumeForm(ReasonForm):
    """Why it goes on."""


class LimitForm(ReasonForm):
    """How much a destination gets, from all workers together."""

    max_in_flight = forms.IntegerField(label="Calls at once")
    rate_per_second = forms.FloatField(
        label="Calls a second", required=False, help_text="Empty: as fast as the calls at once let it."
    )


class SelectionForm(ReasonForm):
    """Which step runs, as they were when the dry run was made, and why.

    ``token`` is the form's own: sent twice, it asks for one replay.
    """

    items = forms.CharField(widget=forms.HiddenInput, max_length=LONGEST_SELECTION)
    token = forms.UUIDField(widget=forms.HiddenInput, required=False)

    def clean_items(self) -> list[UUID]:
        """The ids; one that is none makes the form invalid. What was seen of each is kept as ``seen``."""
        try:
            chosen = [_item(text) for text in self.cleaned_data["items"].split(",")]
        except ValueError:
            raise forms.ValidationError("The selection cannot be read. Go back and choose again.") from None
        self.cleaned_data["seen"] = {identifier: seen for identifier, seen in chosen if seen is not None}
        return [identifier for identifier, _ in chosen]


class ReplayForm(SelectionForm):
    """A selection that is sent again. ``found`` is the search that found it, signed together with it.

    The board reads that search and the audit keeps it: with other items, or from another person, the form is invalid.
    """

    found = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, person_id: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person_id = person_id

    def clean(self) -> dict[str, Any]:
        """What was signed is kept as ``query``; nothing where nothing was searched for."""
        given = self.cleaned_data
        if given.get("found") and "items" in given:
            try:
                given["query"], of = signing.loads(given["found"], salt=_salt(self.person_id))
            except (signing.BadSignature, ValueError):
                of = ""
            if of != _digest(given["items"]):
                self.add_error("items", "The selection is not the one that the search found. Go back and search again.")
        return given


def found_by(query: str, person_id: str, step_run_ids: Iterable[UUID]) -> str:
    """A search and what it found, as :class:`ReplayForm` carries them; empty without a search."""
    return signing.dumps((query, _digest(step_run_ids)), salt=_salt(person_id)) if query else ""


def _salt(person_id: str) -> str:
    return f"transactions.replay.found:{person_id}"


def _digest(step_run_ids: Iterable[UUID]) -> str:
    return hashlib.sha256(",".join(sorted(map(str, step_run_ids))).encode()).hexdigest()


def _item(text: str) -> tuple[UUID, tuple[int, int] | None]:
    """``id``, or ``id.attempts.revision``."""
    identifier, _, rest = text.partition(".")
    if not rest:
        return UUID(identifier), None
    attempts, revision = rest.split(".")
    return UUID(identifier), (int(attempts), int(revision))


def frozen(step_run_ids: Iterable[UUID]) -> str:
    """A selection as the form carries it."""
    return ",".join(map(str, step_run_ids))


def frozen_plan(plan: Iterable[PlannedItem]) -> str:
    """The same, with what the dry run saw: what is tried or edited after it is not what was agreed to."""
    return ",".join(f"{item.step_run_id}.{item.attempts}.{item.revision}" for item in plan)


class AssignForm(forms.Form):
    """To whom; the choices are those who may see all of the selection."""

    to = forms.ChoiceField(label="Assign to", required=False)

    def __init__(self, *args: Any, candidates: Iterable[tuple[str, str]] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to"].choices = [("", "Nobody"), *candidates]  # type: ignore[attr-defined]


class NoteForm(forms.Form):
    """Something to write down."""

    text = forms.CharField(label="Note", max_length=4000, widget=forms.Textarea(attrs={"rows": 2}))


class SnoozeForm(forms.Form):
    """Until when; a time that the browser's own control gives, in the zone of the pages."""

    until = forms.DateTimeField(
        label="Until", widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    )
    reason = forms.CharField(label="Why", max_length=500, required=False)


class EditForm(ReasonForm):
    """A body, why it is edited, and which body it was made from."""

    body = forms.CharField(
        label="What will be sent (JSON)",
        max_length=1_000_000,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 22, "class": "mono", "spellcheck": "false", "wrap": "off"}),
    )
    revision = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=32_767)
    basis = forms.CharField(widget=forms.HiddenInput, required=False, max_length=36)
    confirm = forms.BooleanField(widget=forms.HiddenInput, required=False)
