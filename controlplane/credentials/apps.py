"""Credentials."""

from django.apps import AppConfig


class CredentialsConfig(AppConfig):
    """References to secrets, and the providers that resolve them."""

    name = "controlplane.credentials"
    label = "credentials"
