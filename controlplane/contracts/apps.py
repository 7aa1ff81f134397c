"""Contracts."""

from django.apps import AppConfig


class ContractsConfig(AppConfig):
    """The registry of agreed schemas."""

    name = "controlplane.contracts"
    label = "contracts"
