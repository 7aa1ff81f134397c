"""What a person fills in about themselves: how pages are, and a new password."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.conf import settings

from controlplane.console.notifications import reading
from controlplane.console.palette import pages
from controlplane.people.access import Access
from controlplane.people.look import CHOICES, LABELS
from controlplane.people.models import Account
from controlplane.people.zones import by_region

#: No page to begin at: it is where one chooses.
NO_START = "console:settings"
#: Longer than anybody types, and short enough to be hashed at once.
LONGEST_PASSWORD = 4096


class SettingsForm(forms.Form):
    """How pages are for one person. An empty choice follows the installation, or the person's role."""

    time_zone = forms.ChoiceField(label="Time zone", required=False)
    theme = forms.ChoiceField(label=LABELS["theme"])
    density = forms.ChoiceField(label=LABELS["density"])
    keys = forms.ChoiceField(label=LABELS["keys"])
    start_page = forms.ChoiceField(label="Start page", required=False)
    wanted = forms.MultipleChoiceField(label="Tell me of", required=False, widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, access: Access, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        regions = [(region, [(name, _place(name)) for name in names]) for region, names in by_region()]
        self._offer("time_zone", [("", f"As the installation ({settings.TIME_ZONE})"), ("UTC", "UTC"), *regions])
        for name, values in CHOICES.items():
            self._offer(name, [(value, value.capitalize()) for value in values])
        starts = [(page.address, page.title) for page in pages.offered(access) if page.address != NO_START]
        self._offer("start_page", [("", "As my role has it"), *starts])
        self._offer("wanted", [(kind, source.label) for kind, source in reading.offered(access).items()])

    def _offer(self, name: str, choices: list[Any]) -> None:
        self.fields[name].choices = choices  # type: ignore[attr-defined]

    def chosen(self, muted: list[str]) -> dict[str, Any]:
        """What to keep. Kinds that are not offered now stay ``muted`` as they were: roles come back."""
        given: Mapping[str, Any] = self.cleaned_data
        kinds = [kind for kind, _ in self.fields["wanted"].choices]  # type: ignore[attr-defined]
        unwanted = [kind for kind in kinds if kind not in given["wanted"]]
        kept = {name: given[name] for name in ("time_zone", "theme", "density", "keys", "start_page")}
        return kept | {"muted": unwanted + [kind for kind in muted if kind not in kinds]}


def as_kept(account: Account, access: Access, worn: Mapping[str, str]) -> dict[str, Any]:
    """What the form begins with; ``worn`` is how the page looks now."""
    start = pages.called(access, account.start_page)
    return {
        "time_zone": account.time_zone,
        **worn,
        "start_page": start.address if start else "",
        "wanted": [kind for kind in reading.offered(access) if kind not in account.muted],
    }


def _place(name: str) -> str:
    return name.partition("/")[2].replace("_", " ").replace("/", ", ")


class PasswordForm(forms.Form):
    """The password that one has, and twice the one to come."""

    current = forms.CharField(
        label="Your password now",
        max_length=LONGEST_PASSWORD,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    password = forms.CharField(
        label="New password",
        max_length=LONGEST_PASSWORD,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    again = forms.CharField(
        label="New password again",
        max_length=LONGEST_PASSWORD,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def clean(self) -> dict[str, Any]:
        """Both are the same, or a slip of the finger would lock its person out."""
        given: dict[str, Any] = super().clean() or {}
        if "password" in given and "again" in given and given["password"] != given["again"]:
            self.add_error("again", "This is not the same as the one above.")
        return given
