"""The console's place in Django."""

from django.apps import AppConfig


class ConsoleConfig(AppConfig):
    """The shell, the kit of parts, and pages above all other apps."""

    name = "controlplane.console"
    label = "console"

    def ready(self) -> None:
        """Say what stands on a thing to whoever judges a change of it, what a board can decide on, and who is asked."""
        from controlplane.console.contracts.confirming import PANEL as CONSUMERS
        from controlplane.console.entries.foreseen import TRIED, proposed
        from controlplane.console.entries.kind import KINDS
        from controlplane.console.entries.sorts import SORTS
        from controlplane.console.map.facts import FACTS
        from controlplane.console.promotion.kind import PROMOTION
        from controlplane.console.promotion.subject import NAME
        from controlplane.foundation.registries import evidence, panels, subjects
        from controlplane.transactions.shadow.proposed import proposals

        for name, fact in FACTS.items():
            evidence.register(name, fact)
        subjects.register(NAME, PROMOTION)
        panels.register("change.consumers", CONSUMERS)
        for name, kind in KINDS.items():
            subjects.register(name, kind)
            if SORTS[name].section in TRIED:
                proposals.register(name, proposed(SORTS[name]))
