"""Credentials."""

from django.apps import AppConfig


class CredentialsConfig(AppConfig):
    """References to secrets, and the providers that resolve them."""

    name = "controlplane.credentials"
    label = "credentials"

    def ready(self) -> None:
        """Say what policies can know of credentials."""
        from controlplane.credentials import facts
        from controlplane.foundation.registries import evidence

        evidence.register("facts.credential", facts.CREDENTIALS)
