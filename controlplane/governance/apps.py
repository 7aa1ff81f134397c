"""Governance."""

from django.apps import AppConfig


class GovernanceConfig(AppConfig):
    """Change requests, boards, votes, policies and waivers; the kinds register themselves."""

    name = "controlplane.governance"
    label = "governance"
