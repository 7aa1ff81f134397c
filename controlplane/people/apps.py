"""The people's place in Django."""

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    """Persons, accounts, teams, roles and access."""

    name = "controlplane.people"
    label = "people"
