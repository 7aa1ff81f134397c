"""The console's place in Django."""

from django.apps import AppConfig


class ConsoleConfig(AppConfig):
    """The shell, the kit of parts, and pages above all other apps."""

    name = "controlplane.console"
    label = "console"

    def ready(self) -> None:
        """Say what stands on a thing to whoever judges a change of it, and what a board can decide on."""
        from controlplane.console.entries.kind import KINDS
        from controlplane.console.map.facts import FACTS
        from controlplane.console.promotion.kind import PROMOTION
        from controlplane.console.promotion.subject import NAME
        from controlplane.foundation.registries import evidence, subjects

        for name, fact in FACTS.items():
            evidence.register(name, fact)
        subjects.register(NAME, PROMOTION)
        for name, kind in KINDS.items():
            subjects.register(name, kind)
