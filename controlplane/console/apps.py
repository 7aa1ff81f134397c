"""The console's place in Django."""

from django.apps import AppConfig


class ConsoleConfig(AppConfig):
    """The shell, the kit of parts, and pages above all other apps."""

    name = "controlplane.console"
    label = "console"

    def ready(self) -> None:
        """Say what stands on a thing to whoever judges a change of it."""
        from controlplane.console.map.facts import FACTS
        from controlplane.foundation.registries import evidence

        for name, fact in FACTS.items():
            evidence.register(name, fact)
