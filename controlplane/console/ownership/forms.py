"""What people fill in about who owns an attribute."""

from __future__ import annotations

from typing import Any, Final

from django import forms

from controlplane.inventory.models import NonOwner, Survivorship
from controlplane.inventory.ownership.terms import Terms
from controlplane.people.models import Account, AccountKind

RIGHTS: Final = (
    ("", "Nothing"),
    ("reads", "Reads it"),
    ("writes", "May write it, beside the system of record"),
    ("record", "Is its system of record"),
)


class ReasonForm(forms.Form):
    """Why somebody decides so."""

    reason = forms.CharField(label="Why", max_length=1000, help_text="It stands in the history.")


class CellForm(ReasonForm):
    """What one system does with one attribute."""

    right = forms.ChoiceField(label="What it does", choices=RIGHTS, required=False, widget=forms.RadioSelect)
    field_order = ("right", "reason")


class TermsForm(ReasonForm):
    """Who decides about an attribute, and which value survives; another system can be named here too."""

    steward = forms.ChoiceField(label="Steward", required=False)
    deputy = forms.ChoiceField(label="Deputy", required=False)
    survivorship = forms.ChoiceField(
        label="Which value survives", required=False, choices=[("", "Not said"), *Survivorship.choices]
    )
    trusted = forms.CharField(
        label="Most trusted first", required=False, help_text="Systems by their short names, such as odoo, salesforce."
    )
    field_order = ("steward", "deputy", "survivorship", "trusted", "reason")

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        people = [("", "Nobody"), *_people()]
        for name in ("steward", "deputy"):
            field = self.fields[name]
            if isinstance(field, forms.ChoiceField):
                field.choices = people

    def terms(self, before: Terms) -> Terms:
        """What was decided, with what the form says in its place."""
        filled = self.cleaned_data
        trusted = tuple(filter(None, (word.strip() for word in filled["trusted"].split(","))))
        return Terms(
            record=before.record,
            writers=before.writers,
            readers=before.readers,
            survivorship=filled["survivorship"],
            trusted=trusted,
            steward=filled["steward"],
            deputy=filled["deputy"],
        )


class EnforcementForm(ReasonForm):
    """What a write without the right meets."""

    on_breach = forms.ChoiceField(label="A write without the right is", choices=NonOwner.choices)
    field_order = ("on_breach", "reason")


def _people() -> list[tuple[str, str]]:
    """Who can be named: persons who sign in, each once, by an address of theirs."""
    accounts = Account.objects.filter(kind=AccountKind.HUMAN).order_by("person_id", "created_at", "pk")
    found: dict[Any, tuple[str, str]] = {}
    for account in accounts:
        found.setdefault(account.person_id, (account.email, account.person.name))
    return sorted(found.values(), key=lambda pair: pair[1])
