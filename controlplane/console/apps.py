"""The console's place in Django."""

from django.apps import AppConfig


class ConsoleConfig(AppConfig):
    """The shell, the kit of parts, and pages above all other apps."""

    name = "controlplane.console"
    label = "console"
