"""Who works at Halden Instruments: one sign-in for each way of using Interlock."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from controlplane.audit.models import Actor, Via
from controlplane.people.models import Team
from controlplane.people.roles import Role
from controlplane.people.selectors import account_called
from controlplane.people.services import By, add_to_team, create_account
from controlplane.standalone.places import private_file

DOMAIN = "halden.example"


@dataclass(frozen=True, slots=True)
class Worker:
    """A person of the sandbox; ``teams`` is empty for a role in the whole company. ``does`` says why they come."""

    name: str
    role: Role
    teams: tuple[str, ...]
    does: str

    @property
    def email(self) -> str:
        """Their sign-in."""
        return f"{self.name.split()[0].lower()}@{DOMAIN}"


EVERY_TEAM = ("orders", "onboarding", "service")
PEOPLE = (
    Worker("Elif Kaya", Role.SUPPORT, EVERY_TEAM, "finds what became of a customer's order"),
    Worker("Jonas Weber", Role.BOARD, (), "decides on changes"),
    Worker("Mara Lindqvist", Role.OWNER, ("orders", "onboarding"), "keeps integrations healthy"),
    Worker("Greta Holm", Role.EXECUTIVE, (), "sees which promises hold"),
    Worker("Oskar Lind", Role.OPERATOR, (), "runs the platform"),
    Worker("Priya Raman", Role.AUDITOR, (), "reads everything, changes nothing"),
    Worker("Ana Costa", Role.OWNER, ("onboarding", "service"), "owns onboarding and service"),
)
#: Those whose sign-ins are shown: one of each role.
SHOWN = PEOPLE[:6]
BY = By(Actor(label="sandbox"), Via.COMMAND)


def arrive() -> dict[str, str]:
    """Make the people, without a role yet: the estate names some of them. Returns their passwords by address."""
    passwords = {worker.email: secrets.token_urlsafe(9) for worker in PEOPLE}
    for worker in PEOPLE:
        create_account(worker.email, worker.name, passwords[worker.email], by=BY)
    return passwords


def settle(file: Path, passwords: Mapping[str, str]) -> None:
    """Give those who arrived their roles; their passwords are kept in ``file``, readable by its owner only."""
    private_file(file, "".join(f"{email} {password}\n" for email, password in passwords.items()))
    teams = {team.slug: team for team in Team.objects.filter(slug__in=EVERY_TEAM)}
    for worker in PEOPLE:
        places: list[Team | None] = [teams[slug] for slug in worker.teams] or [None]
        for place in places:
            add_to_team(account_called(worker.email).person, place, worker.role, by=BY)
