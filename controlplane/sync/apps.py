"""Sync jobs."""

from django.apps import AppConfig


class SyncConfig(AppConfig):
    """Jobs, runs and cursors."""

    name = "controlplane.sync"
    label = "sync"
