"""Sync jobs."""

from django.apps import AppConfig


class SyncConfig(AppConfig):
    """Jobs, runs and cursors."""

    name = "controlplane.sync"
    label = "sync"

    def ready(self) -> None:
        """Say what of the jobs concerns one person."""
        from controlplane.people import notices
        from controlplane.sync.notices import SOURCE

        notices.sources.register("sync-jobs", SOURCE)
