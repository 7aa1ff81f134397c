"""What people fill in about policies: what one says, an exception, a waiver and the decision on it."""

from __future__ import annotations

import json
from typing import Any

from django import forms

from controlplane.governance.facts import kinds
from controlplane.governance.policies.write import LONGEST_REASON, LONGEST_SCOPE
from controlplane.governance.rules.effective import OFF
from controlplane.governance.rules.policy import (
    LONGEST_EXPRESSION,
    LONGEST_REMEDIATION,
    LONGEST_TITLE,
    Content,
)
from controlplane.governance.rules.verdicts import Reach, Severity


def _text(label: str, longest: int, *, rows: int = 2, required: bool = True, hint: str = "") -> forms.CharField:
    area = forms.Textarea(attrs={"rows": rows, "spellcheck": "false"})
    return forms.CharField(label=label, max_length=longest, widget=area, required=required, help_text=hint)


class ExamplesField(forms.JSONField):
    """Objects as JSON: a list of facts by their names."""

    default_error_messages = {"invalid": 'Write a list of objects, such as [{"runbook": ""}].'}

    def __init__(self, label: str) -> None:
        super().__init__(label=label, widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false"}))

    def validate(self, value: Any) -> None:
        """A list of objects."""
        super().validate(value)
        if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid")

    def prepare_value(self, value: Any) -> Any:
        """Written so that it can be read."""
        if isinstance(value, list):
            inner = ",\n".join(f" {json.dumps(one, ensure_ascii=False)}" for one in value)
            return f"[\n{inner}\n]"
        return super().prepare_value(value)


class PolicyForm(forms.Form):
    """What a policy says, its own tests, and why it is so."""

    title = forms.CharField(label="What it asks for", max_length=LONGEST_TITLE)
    severity = forms.ChoiceField(label="What it does when something breaks it", choices=Severity.choices)
    applies_when = _text("Applies when", LONGEST_EXPRESSION, required=False, hint="CEL. Empty: always.")
    expression = _text("Must be true", LONGEST_EXPRESSION, rows=3, hint="CEL over the facts that stand beside it.")
    remediation = _text("What to do about it", LONGEST_REMEDIATION)
    passes = ExamplesField("Examples that must pass")
    fails = ExamplesField("Examples that must fail")
    reason = _text("Reason, kept in the record", LONGEST_REASON)
    based_on = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0)

    def content(self, about: str) -> Content:
        """What was filled in."""
        given = self.cleaned_data
        names = ("title", "severity", "expression", "remediation", "applies_when", "passes", "fails")
        return Content(about=about, **{name: given[name] for name in names})


class NewPolicyForm(PolicyForm):
    """The same for one that is new: also what it is about, how it is called, and for which part of the company."""

    about = forms.ChoiceField(label="What it is about")
    slug = forms.SlugField(label="How it is called", max_length=LONGEST_SCOPE, help_text="such as names-are-slugs")
    reach = forms.ChoiceField(label="For", choices=Reach.choices)
    scope = forms.CharField(label="Which one", required=False, max_length=LONGEST_SCOPE, help_text="its slug")

    field_order = ("about", "slug", "title", "severity", "reach", "scope")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(name, kind.label) for name, kind in kinds().items()]
        self.fields["about"].choices = choices  # type: ignore[attr-defined]


class ExceptionForm(forms.Form):
    """A policy holds otherwise for a part of the company."""

    reach = forms.ChoiceField(label="For", choices=Reach.choices)
    scope = forms.CharField(label="Which one", required=False, max_length=LONGEST_SCOPE, help_text="its slug")
    severity = forms.ChoiceField(label="It is", choices=[*Severity.choices, (OFF, "Switched off")])
    reason = _text("Reason, kept in the record", LONGEST_REASON)


class WaiverForm(forms.Form):
    """Exactly one subject, until when, and why."""

    subject = forms.CharField(label="For exactly this one", max_length=120, help_text="its slug")
    until = forms.DateField(
        label="To the end of", widget=forms.DateInput(attrs={"type": "date"}), help_text="within a year"
    )
    reason = _text("Reason, kept in the record", LONGEST_REASON)


class DecisionForm(forms.Form):
    """What somebody says to a waiver, and words for who asked."""

    act = forms.ChoiceField(choices=[("grant", "Grant"), ("decline", "Decline"), ("end", "End it")])
    words = forms.CharField(max_length=LONGEST_REASON, required=False)
