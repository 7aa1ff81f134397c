"""The form of an import: which document, and where it belongs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from django import forms
from django.core.validators import validate_slug

from controlplane.console.imports.formats import FORMATS
from controlplane.console.imports.plan import Options
from controlplane.console.imports.reading import MOST_BYTES
from controlplane.console.imports.schemas import Wanted
from controlplane.inventory.models import Environment, Instance
from controlplane.people.models import Team

NOT_SAID: Final = ("", "—")


class ImportForm(forms.Form):
    """What is uploaded. What a format has no use for is not looked at."""

    format = forms.ChoiceField(label="What it is", choices=list(FORMATS.items()))
    file = forms.FileField(label="Document", widget=forms.FileInput(attrs={"accept": ".json,.yaml,.yml"}))
    instance = forms.ChoiceField(label="Whose interface it describes", required=False)
    interface = forms.CharField(
        label="Name of the interface in addresses", required=False, max_length=40, validators=[validate_slug]
    )
    contracts = forms.CharField(label="Schemas that become contracts", required=False, max_length=2000)
    team = forms.ChoiceField(label="The team that owns the contracts", required=False)
    environment = forms.ChoiceField(label="Where the systems of a catalogue answer", required=False)

    def __init__(
        self,
        *arguments: Any,
        instances: Sequence[Instance],
        teams: Sequence[Team],
        environments: Sequence[Environment],
        **named: Any,
    ) -> None:
        super().__init__(*arguments, **named)
        self._offer("instance", [NOT_SAID, *((one.slug, f"{one.name} ({one.slug})") for one in instances)])
        self._offer("team", [NOT_SAID, *((one.slug, one.name) for one in teams)])
        self._offer("environment", [(one.slug, one.name) for one in environments])

    def _offer(self, name: str, choices: list[tuple[str, str]]) -> None:
        self.fields[name].choices = choices  # type: ignore[attr-defined]

    def clean_file(self) -> Any:
        """The upload, if it is one that is read."""
        found = self.cleaned_data["file"]
        if found.size > MOST_BYTES:
            raise forms.ValidationError(f"It has {found.size:,} bytes; {MOST_BYTES:,} are read at most.")
        return found

    def wanted(self) -> Wanted:
        """Which schemas become contracts."""
        names = self.cleaned_data["contracts"].replace(",", " ").split()
        return Wanted([name for name in names if name != "*"], used="*" in names)

    def options(self) -> Options:
        """Where it belongs."""
        given = self.cleaned_data
        return Options(given["instance"], given["interface"], given["team"])
