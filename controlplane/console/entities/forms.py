"""What people fill in to make an entity their own."""

from __future__ import annotations

import json
from typing import Any

from django import forms

from controlplane.inventory.models import Lifecycle

LONGEST = 200_000


class RevisionForm(forms.Form):
    """A new version: schema, what records allow, and why. ``stands_on`` is the version that was edited."""

    schema = forms.CharField(
        label="Schema (JSON Schema 2020-12)",
        max_length=LONGEST,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 24, "spellcheck": "false", "class": "mono"}),
        help_text="x-personal: personal or sensitive says how close an attribute is to a person; "
        "x-identifier: true that it names the record.",
    )
    operations = forms.MultipleChoiceField(
        label="What may be done with a record", choices=Lifecycle.choices, widget=forms.CheckboxSelectMultiple
    )
    reason = forms.CharField(label="Why", max_length=1000, help_text="It stands in the history.")
    stands_on = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    def clean_schema(self) -> Any:
        """As JSON; where it is none, which line it is."""
        try:
            return json.loads(self.cleaned_data["schema"])
        except json.JSONDecodeError as error:
            message = f"This is no JSON: {error.msg}, line {error.lineno}, column {error.colno}."
            raise forms.ValidationError(message) from None
        except RecursionError:
            raise forms.ValidationError("This is nested too deeply.") from None
