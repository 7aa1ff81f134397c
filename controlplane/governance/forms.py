"""What people fill in about changes and boards."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms

from controlplane.foundation.errors import Problem
from controlplane.governance.changes.writing import LONGEST_WORDS
from controlplane.governance.kinds import kinds
from controlplane.governance.models import Board, BoardMember, Choice
from controlplane.governance.selectors import EVERY_KIND
from controlplane.people.models import Person


class Refusing(forms.Form):
    """A form that can say what a verb refused."""

    def refuse(self, problem: Problem) -> None:
        """Show why nothing was done, at the field that it is about."""
        self.add_error(problem.field if problem.field in self.fields else None, problem.detail)


class VoteForm(Refusing):
    """A vote on what the person read: ``revision`` and ``content_hash`` say what that was."""

    revision = forms.IntegerField(min_value=1, max_value=32_767, widget=forms.HiddenInput)
    content_hash = forms.CharField(max_length=64, widget=forms.HiddenInput)
    choice = forms.ChoiceField(choices=Choice.choices)
    words = forms.CharField(
        label="Reason, kept in the record (required to reject)",
        max_length=LONGEST_WORDS,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "data-key": "a", "data-key-label": "Approve, or reject"}),
    )
    on_behalf_of = forms.TypedChoiceField(label="For the seat of", required=False, empty_value=None)
    condition = forms.CharField(label="On one condition (goes with a vote for it)", max_length=1000, required=False)
    after = forms.BooleanField(label="May be met after it was applied", required=False)

    def __init__(self, *arguments: Any, seats: Sequence[BoardMember] = (), **named: Any) -> None:
        super().__init__(*arguments, **named)
        field = self.fields["on_behalf_of"]
        if isinstance(field, forms.TypedChoiceField):
            by_id = {str(seat.person_id): seat.person_id for seat in seats}
            field.choices = [(str(seat.person_id), str(seat.person)) for seat in seats]
            field.coerce = by_id.__getitem__
        if not seats:
            del self.fields["on_behalf_of"]


class WordsForm(Refusing):
    """Something said: a reason, a comment, evidence."""

    words = forms.CharField(label="Reason", max_length=LONGEST_WORDS, widget=forms.Textarea(attrs={"rows": 2}))


class CommentForm(WordsForm):
    """What somebody says about a change."""

    words = forms.CharField(label="Say something", max_length=LONGEST_WORDS, widget=forms.Textarea(attrs={"rows": 2}))


class PlaceForm(CommentForm):
    """What somebody says of one place of the version that they read."""

    revision = forms.IntegerField(min_value=1, max_value=32_767, widget=forms.HiddenInput)
    at = forms.CharField(max_length=9, widget=forms.HiddenInput)


class RemarkForm(Refusing):
    """Which comment is answered, or open again."""

    comment = forms.IntegerField(min_value=1, max_value=2**63 - 1, widget=forms.HiddenInput)


class RollbackForm(WordsForm):
    """Why an applied change is taken back, and which failures that answers for."""

    answers_for = forms.CharField(
        label="Failures it answers for",
        max_length=1000,
        required=False,
        help_text="Numbers of incidents or transactions, with commas between them.",
    )


class BoardForm(Refusing):
    """A board's rules."""

    slug = forms.SlugField(label="Short name", help_text="As it stands in addresses: integration-board.")
    name = forms.CharField(label="Name", max_length=80)
    kinds = forms.MultipleChoiceField(label="Decides on", widget=forms.CheckboxSelectMultiple)
    quorum = forms.IntegerField(label="Votes for a decision", min_value=1, max_value=50, initial=2)
    required_roles = forms.CharField(
        label="Roles whose vote for it is needed",
        required=False,
        help_text="With commas between: security, owner.",
    )
    emergency_quorum = forms.IntegerField(label="Votes in an emergency", min_value=1, max_value=50, initial=1)
    approval_days = forms.IntegerField(label="Days that an approval holds", min_value=1, max_value=365, initial=14)

    def __init__(self, *arguments: Any, board: Board | None = None, **named: Any) -> None:
        super().__init__(*arguments, **named)
        field = self.fields["kinds"]
        if isinstance(field, forms.MultipleChoiceField):
            known = {name: kind.label for name, kind in kinds()}
            # What a board decides on stays chosen while the app that registers it is not installed.
            gone = {name: name for name in (board.kinds if board else []) if name not in known and name != EVERY_KIND}
            field.choices = [(EVERY_KIND, "Every kind that no other board decides on"), *(known | gone).items()]
        if board is not None:
            del self.fields["slug"]

    def clean_required_roles(self) -> list[str]:
        """As a list."""
        return [role for part in self.cleaned_data["required_roles"].split(",") if (role := part.strip())]


class SeatForm(Refusing):
    """Whose seat, in which role."""

    person = forms.ModelChoiceField(label="Person", queryset=Person.objects.order_by("name"))
    role = forms.CharField(label="Role on the board", max_length=40, required=False)


class DeputyForm(Refusing):
    """Who votes in one's place, and until when."""

    deputy = forms.ModelChoiceField(
        label="Deputy", queryset=Person.objects.order_by("name"), required=False, empty_label="Nobody"
    )
    until = forms.DateTimeField(
        label="Until",
        required=False,
        help_text="Empty: until further notice.",
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}),
    )


class MeetingForm(Refusing):
    """When and where a board meets."""

    date = forms.DateField(label="Day", widget=forms.DateInput(attrs={"type": "date"}))
    begins_at = forms.TimeField(label="Begins at", required=False, widget=forms.TimeInput(attrs={"type": "time"}))
    place = forms.CharField(label="Place", max_length=120, required=False)


class PointForm(Refusing):
    """Something for the agenda that is no change."""

    title = forms.CharField(label="Add a point", max_length=200)


class MinutesForm(Refusing):
    """What was said and agreed."""

    minutes = forms.CharField(
        label="Minutes", max_length=50_000, required=False, widget=forms.Textarea(attrs={"rows": 8})
    )
