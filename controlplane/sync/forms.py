"""What people fill in about jobs and runs."""

from __future__ import annotations

from typing import Any

from django import forms

from controlplane.foundation.errors import Invalid
from controlplane.sync.rules import cursors

REASON = "Kept in the audit, with your name."


class ReasonForm(forms.Form):
    """Why somebody does something."""

    reason = forms.CharField(label="Reason", max_length=1000, help_text=REASON)


class StartForm(ReasonForm):
    """What a run started by hand reads."""

    WHAT = (
        ("changes", "What changed since the cursor"),
        ("full", "Everything; only what differs is passed on"),
        ("force", "Everything, and pass on all of it"),
        ("dry", "Dry run: what changed, counted only"),
        ("dry-full", "Dry run: everything, counted only"),
    )
    what = forms.ChoiceField(label="Read", choices=WHAT, initial="changes")

    @property
    def full(self) -> bool:
        """Whether everything is read."""
        return self.cleaned_data["what"] in {"full", "force", "dry-full"}

    @property
    def force(self) -> bool:
        """Whether unchanged records are passed on too."""
        return bool(self.cleaned_data["what"] == "force")

    @property
    def dry(self) -> bool:
        """Whether it only counts."""
        return self.cleaned_data["what"] in {"dry", "dry-full"}


class CursorField(forms.CharField):
    """A cursor as JSON."""

    def __init__(self, **kwargs: Any) -> None:
        area = forms.Textarea(attrs={"rows": 5, "spellcheck": "false", "autocapitalize": "off", "class": "mono"})
        super().__init__(**{"widget": area} | kwargs)

    def clean(self, value: Any) -> dict[str, Any]:
        """The cursor; what is wrong with it stands beside the field."""
        try:
            return cursors.read(str(super().clean(value)))
        except Invalid as refused:
            raise forms.ValidationError(refused.detail) from None


class CursorForm(ReasonForm):
    """Where the next run begins. ``expected`` is the cursor that the person saw."""

    cursor = CursorField(
        label="The next run begins after", help_text="JSON, in the connector's words. {} is the start."
    )
    expected = forms.CharField(widget=forms.HiddenInput, max_length=cursors.MOST_CHARACTERS * 2)

    field_order = ("cursor", "reason", "expected")


class BackfillForm(ReasonForm):
    """From where to read again."""

    cursor = CursorField(label="Read again from after", help_text="JSON, in the connector's words. {} is the start.")
    force = forms.BooleanField(label="Pass on unchanged records too", required=False)

    field_order = ("cursor", "force", "reason")
