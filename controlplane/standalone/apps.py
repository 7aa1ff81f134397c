"""The one-machine runtime."""

from django.apps import AppConfig


class StandaloneConfig(AppConfig):
    """Supervisor, embedded services, doctor."""

    name = "controlplane.standalone"
    label = "standalone"

    def ready(self) -> None:
        """Tell a waiting supervisor when Celery's processes work."""
        from controlplane.standalone import ready_file

        ready_file.leave_when_ready()
