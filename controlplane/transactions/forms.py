"""What people fill in about dead letters and replays."""

from __future__ import annotations

from uuid import UUID

from django import forms

#: More step runs than one replay takes are refused by its verb; this only bounds what is read.
LONGEST_SELECTION = 500_000


class ReasonForm(forms.Form):
    """Why somebody does something."""

    reason = forms.CharField(
        label="Reason, kept in the record", max_length=1000, widget=forms.Textarea(attrs={"rows": 2})
    )


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
    """Which step runs, as they were when the dry run was made, and why."""

    items = forms.CharField(widget=forms.HiddenInput, max_length=LONGEST_SELECTION)

    def clean_items(self) -> list[UUID]:
        """The ids; one that is none makes the form invalid."""
        try:
            return [UUID(text) for text in self.cleaned_data["items"].split(",")]
        except ValueError:
            raise forms.ValidationError("The selection cannot be read. Go back and choose again.") from None


def frozen(step_run_ids: list[UUID]) -> str:
    """A selection as the form carries it."""
    return ",".join(map(str, step_run_ids))
