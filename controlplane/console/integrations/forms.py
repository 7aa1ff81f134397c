"""What people fill in about the inventory: the record of an integration, and that a system is being retired."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any, Final

from django import forms
from django.utils.text import slugify

from controlplane.inventory.models import (
    Classification,
    Criticality,
    Integration,
    Interface,
    Layer,
    Pattern,
    Process,
    ProcessStep,
    Stage,
    SyncMode,
)
from controlplane.inventory.wording import words_of
from controlplane.people.models import Account, AccountKind, normalised

REASON: Final = "Stands in the history of every field that you change, with your name."
NOBODY_SAID: Final = ("", "Not said yet")
#: The fields of the record that the page changes.
FIELDS: Final = (
    "name",
    "purpose",
    "owner",
    "deputy",
    "criticality",
    "stage",
    "process",
    "steps",
    "targets",
    "pattern",
    "layer",
    "sync_mode",
    "real_time_need",
    "family",
    "classification",
    "residency",
    "retention_days",
    "latency_seconds",
    "recovery_point_minutes",
    "recovery_time_minutes",
    "daily_volume",
    "runbook",
)
GROUPS: Final[Mapping[str, tuple[str, ...]]] = {
    "What it is": FIELDS[:2],
    "Who stands for it": FIELDS[2:6],
    "How it is joined": FIELDS[6:14],
    "What it carries": FIELDS[14:17],
    "What it must keep": FIELDS[17:],
}
FAILURES: Final = "failure_modes"


class PersonField(forms.CharField):
    """A person, by the address of an account; the browser offers those that there are."""

    def __init__(self, **kwargs: Any) -> None:
        area = forms.TextInput(attrs={"list": "people", "autocomplete": "off", "autocapitalize": "off"})
        super().__init__(required=False, widget=area, **kwargs)

    def clean(self, value: Any) -> Any:
        """The person; None where nobody is named."""
        address = normalised(str(super().clean(value)))
        if not address:
            return None
        account = Account.objects.filter(email=address, kind=AccountKind.HUMAN).first()
        if account is None:
            raise forms.ValidationError(f"There is no account {address!r}.")
        return account.person


class RecordForm(forms.Form):
    """The record. ``seen`` is what the form showed, so that nobody overwrites what they have not read."""

    name = forms.CharField(label="Name", max_length=120)
    purpose = forms.CharField(label="Purpose", required=False, widget=forms.Textarea(attrs={"rows": 2}))
    owner = PersonField(label="Owner", help_text="The e-mail address of an account.")
    deputy = PersonField(label="Deputy", help_text="Somebody else, who acts for the owner.")
    criticality = forms.ChoiceField(label="Criticality", choices=Criticality.choices)
    stage = forms.ChoiceField(label="Stage", choices=Stage.choices)
    process = forms.ModelChoiceField(
        Process.objects.order_by("name"), label="Process", required=False, empty_label="Not said yet"
    )
    steps = forms.ModelMultipleChoiceField(
        ProcessStep.objects.none(), label="Steps of it that it carries", required=False
    )
    targets = forms.ModelMultipleChoiceField(Interface.objects.none(), label="Doors it writes to", required=False)
    pattern = forms.ChoiceField(label="Pattern", choices=[NOBODY_SAID, *Pattern.choices], required=False)
    layer = forms.ChoiceField(label="Layer", choices=[NOBODY_SAID, *Layer.choices], required=False)
    sync_mode = forms.ChoiceField(label="Sync mode", choices=[NOBODY_SAID, *SyncMode.choices], required=False)
    real_time_need = forms.CharField(label="Why later would be too late", required=False)
    family = forms.SlugField(
        label="Family", max_length=80, required=False, help_text="One word for the same integration elsewhere."
    )
    classification = forms.ChoiceField(
        label="Classification", choices=[NOBODY_SAID, *Classification.choices], required=False
    )
    residency = forms.CharField(label="Its data stays in", max_length=80, required=False)
    retention_days = forms.IntegerField(label="Kept for, days", min_value=0, max_value=100_000, required=False)
    latency_seconds = forms.FloatField(label="Latency, seconds, 95 of 100", min_value=0.001, required=False)
    recovery_point_minutes = forms.IntegerField(
        label="At most lost, minutes", min_value=0, max_value=10_000_000, required=False
    )
    recovery_time_minutes = forms.IntegerField(
        label="Stands at most, minutes", min_value=0, max_value=10_000_000, required=False
    )
    daily_volume = forms.IntegerField(
        label="Expected transactions a day", min_value=0, max_value=2_000_000_000, required=False
    )
    runbook = forms.URLField(label="Runbook", max_length=500, required=False, assume_scheme="https")
    reason = forms.CharField(label="Reason", max_length=1000, help_text=REASON)
    seen = forms.CharField(widget=forms.HiddenInput, max_length=200_000)

    def __init__(self, given: Mapping[str, Any] | None = None, *, integration: Integration) -> None:
        super().__init__(given, initial=_initial(integration))
        steps: Any = self.fields["steps"]
        steps.queryset = ProcessStep.objects.select_related("process").order_by("process__name", "number")
        steps.label_from_instance = lambda step: f"{step.process.name}: {step.name}"
        targets: Any = self.fields["targets"]
        doors = Interface.objects.filter(instance__environment=integration.environment_id)
        targets.queryset = doors.select_related("instance").order_by("instance__name", "name")
        targets.label_from_instance = lambda door: f"{door.instance.name}: {door.name}"

    def clean_seen(self) -> dict[str, Any]:
        """What it showed, by field."""
        try:
            seen = json.loads(self.cleaned_data["seen"])
        except ValueError:
            seen = None
        if not isinstance(seen, dict):
            raise forms.ValidationError("This form is not whole; open it again.")
        return seen

    @property
    def groups(self) -> list[tuple[str, list[Any]]]:
        """Its fields as they stand together."""
        return [(title, [self[name] for name in names]) for title, names in GROUPS.items()]

    @property
    def values(self) -> dict[str, Any]:
        """What :func:`~controlplane.inventory.changing.change` takes."""
        filled = self.cleaned_data
        return {name: list(filled[name]) if name in {"steps", "targets"} else filled[name] for name in FIELDS}


class FailureForm(forms.Form):
    """How it fails; without a name it is none."""

    slug = forms.SlugField(widget=forms.HiddenInput, required=False, max_length=80)
    name = forms.CharField(label="What fails", required=False, max_length=200)
    sign = forms.CharField(label="How it shows", required=False)
    workaround = forms.CharField(label="What is done by hand", required=False, widget=forms.Textarea(attrs={"rows": 2}))


class FailureSet(forms.BaseFormSet):  # type: ignore[type-arg]  # not generic at run time
    """The known failures, and room for one more."""

    def said(self) -> dict[str, dict[str, str]]:
        """Those that have a name, by their slugs, without what is empty."""
        found: dict[str, dict[str, str]] = {}
        for mode in (form.cleaned_data for form in self.forms):
            if mode.get("name"):
                slug = _slug_of(mode, found)
                found[slug] = {name: words for name, words in mode.items() if name != "slug" and words}
        return found


Failures: Any = forms.formset_factory(FailureForm, formset=FailureSet, extra=1, max_num=50, absolute_max=60)


class RetireForm(forms.Form):
    """Why a system goes."""

    reason = forms.CharField(label="Reason", max_length=1000, help_text=REASON)


def seen_by(integration: Integration) -> str:
    """What a form shows, in words, for its ``seen``."""
    return json.dumps({name: words_of(integration, name) for name in (*FIELDS, FAILURES)})


def people() -> Iterable[tuple[str, str]]:
    """The addresses and names that a browser offers."""
    accounts = Account.objects.filter(kind=AccountKind.HUMAN, is_active=True).order_by("email")
    return accounts.values_list("email", "person__name")


def _slug_of(mode: Mapping[str, Any], taken: Iterable[str]) -> str:
    """What a failure is called in documents: as before, or made of its name."""
    wanted = slug = mode.get("slug") or slugify(mode["name"])[:70] or "failure"
    number = 1
    while slug in taken:
        number += 1
        slug = f"{wanted}-{number}"
    return str(slug)


def _initial(one: Integration) -> dict[str, Any]:
    apart = {"owner", "deputy", "steps", "targets"}
    found = {name: getattr(one, name) for name in FIELDS if name not in apart}
    people = {name: words_of(one, name) or "" for name in ("owner", "deputy")}
    many = {"steps": list(one.steps.all()), "targets": list(one.targets.all())}
    return found | people | many | {"seen": seen_by(one)}


def initial_failures(one: Integration) -> list[dict[str, str]]:
    """The failures that the form shows."""
    return [{"slug": slug} | mode for slug, mode in words_of(one, FAILURES).items()]
