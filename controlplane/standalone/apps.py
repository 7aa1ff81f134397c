"""The one-machine runtime."""

from django.apps import AppConfig


class StandaloneConfig(AppConfig):
    """Supervisor, embedded services, doctor."""

    name = "controlplane.standalone"
    label = "standalone"

    def ready(self) -> None:
        """Tell a waiting supervisor when Celery's processes work; add to the first-run page."""
        from controlplane.foundation.registries import panels
        from controlplane.standalone import ready_file, running, views

        ready_file.leave_when_ready()
        panels.register("welcome.tour", views.tour)
        panels.register("welcome.running", running.parts)
