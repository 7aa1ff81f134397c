"""What people fill in about identities."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms

from controlplane.inventory.models.identities import LONGEST_ID
from controlplane.transactions.forms import ReasonForm


class FindForm(forms.Form):
    """Any id, and of which kind where that matters."""

    kind = forms.ChoiceField(label="Kind", required=False)
    value = forms.CharField(label="Any id", max_length=LONGEST_ID, required=False)

    def __init__(self, *args: Any, kinds: list[tuple[int, str, str]], **named: Any) -> None:
        super().__init__(*args, **named)
        self.fields["kind"].choices = [  # type: ignore[attr-defined]
            ("", "Any kind"),
            *((slug, name) for _, slug, name in kinds),
        ]

    def clean_value(self) -> str:
        """PostgreSQL has no text with a zero in it, and no system an id."""
        value: str = self.cleaned_data["value"]
        if "\0" in value:
            raise forms.ValidationError("No id has such a character.")
        return value


class MergeForm(ReasonForm):
    """Which other identity, and why."""

    other = forms.UUIDField(widget=forms.HiddenInput)


class SplitForm(ReasonForm):
    """Which aliases, and why."""

    alias = forms.TypedMultipleChoiceField(label="Ids", coerce=int, widget=forms.MultipleHiddenInput)

    def __init__(self, *args: Any, aliases: list[int], **named: Any) -> None:
        super().__init__(*args, **named)
        self.fields["alias"].choices = [(str(one), str(one)) for one in aliases]  # type: ignore[attr-defined]


def uuid_of(text: str) -> UUID | None:
    """An id in an address; None for what is none."""
    try:
        return UUID(text)
    except ValueError:
        return None
