"""The later release."""

from django.apps import AppConfig


class LaterConfig(AppConfig):
    """Only migrations."""

    name = "tests.faults.later"
    label = "later"
