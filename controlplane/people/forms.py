"""The sign-in form."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.forms import AuthenticationForm


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
