"""The two short forms: what to connect, and which event to send."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import orjson
from django import forms
from django.core.validators import RegexValidator

from controlplane.console.welcome.connect import Wanted
from controlplane.people.models import Team

EVENT_TYPE: Final = "order.placed"
RECORD: Final = '{"number": "S0001", "total": "120.00"}'
LONGEST_RECORD: Final = 20_000


def _event_type() -> forms.CharField:
    plain = RegexValidator(r"\A[\w.:/-]+\Z", "Letters, digits and . : / - _ only, such as order.placed.")
    return forms.CharField(label="Type of event", max_length=120, initial=EVENT_TYPE, validators=[plain])


class ConnectForm(forms.Form):
    """Who sends, and where it goes. Who owns it is chosen among the teams, or named where there is none yet."""

    sender = forms.CharField(label="The system that sends", max_length=80)
    url = forms.CharField(
        label="Address of the outgoing webhook",
        max_length=500,
        widget=forms.URLInput(attrs={"placeholder": "https://"}),
    )
    event_type = _event_type()
    team = forms.ChoiceField(label="The team that owns it")
    team_name = forms.CharField(label="The team that owns it", max_length=80, initial="Integrations")

    def __init__(self, *arguments: Any, teams: Sequence[Team], **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.teams = {team.slug: team for team in teams}
        del self.fields["team_name" if teams else "team"]
        if teams:
            self.fields["team"].choices = [(team.slug, team.name) for team in teams]  # type: ignore[attr-defined]

    def wanted(self) -> Wanted:
        """What a valid form asks for."""
        given = self.cleaned_data
        return Wanted(
            given["sender"],
            given["url"],
            given["event_type"],
            self.teams.get(given.get("team", "")),
            given.get("team_name", ""),
        )


class EventForm(forms.Form):
    """An event as the sender would report it."""

    event_type = _event_type()
    record = forms.CharField(
        label="What happened, as a JSON object",
        max_length=LONGEST_RECORD,
        initial=RECORD,
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false"}),
    )

    def clean_record(self) -> dict[str, Any]:
        """The object that was typed."""
        try:
            found = orjson.loads(self.cleaned_data["record"])
        except orjson.JSONDecodeError as error:
            raise forms.ValidationError(f"This is not JSON: {error}.") from None
        if not isinstance(found, dict):
            raise forms.ValidationError('A JSON object is written in braces: {"number": "S0001"}.')
        return found
