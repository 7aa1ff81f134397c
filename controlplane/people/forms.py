"""What people fill in about themselves: signing in, and tokens."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.contrib.auth.forms import AuthenticationForm

from controlplane.people import tokens


class SignInForm(AuthenticationForm):
    """E-mail, password, and whether to stay signed in. One message for every way it can be wrong."""

    keep = forms.BooleanField(required=False, label="Keep me signed in for 12 hours")

    error_messages = {
        "invalid_login": "This e-mail and password do not belong together. Check both; capitals count in the password.",
        "inactive": "This e-mail and password do not belong together. Check both; capitals count in the password.",
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        name = self.fields["username"]
        name.label = "E-mail"
        name.widget = forms.EmailInput(attrs={"autocomplete": "username", "autofocus": True, "maxlength": 254})


class TokenForm(forms.Form):
    """What a token is for, what it may do, and how long. The choices are what its owner may do."""

    name = forms.CharField(label="What it is for", max_length=tokens.LONGEST_NAME)
    scope = forms.ChoiceField(label="What it may do")
    days = forms.IntegerField(label="Days it is valid", min_value=1, max_value=tokens.LONGEST_DAYS, initial=90)

    def __init__(self, *args: Any, scopes: Iterable[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["scope"].choices = list(scopes)  # type: ignore[attr-defined]
