"""The ground floor."""

from django.apps import AppConfig


class FoundationConfig(AppConfig):
    """Errors, ids, partitions, expressions and registries: no domain words."""

    name = "controlplane.foundation"
    label = "foundation"

    def ready(self) -> None:
        """Configure logging and error reporting once for every process."""
        from controlplane.foundation import logs, reporting

        logs.configure()
        reporting.configure()
