"""What the person behind a request may see and do, worked out once a request (invariant 10).

Ask ``access.may(Action.REPLAY, integration.team_id)`` before an act on one thing, and
``Model.objects.visible_to(access)`` (:mod:`controlplane.people.scoping`) before any read.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum
from types import MappingProxyType
from typing import Final, Literal, TypeAlias

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest

from controlplane.audit.models import Actor
from controlplane.foundation.errors import NotAllowed
from controlplane.people.models import Account, Membership
from controlplane.people.roles import ALLOWED, Action, Role

__all__ = ["ALL", "NOBODY", "Access", "Action", "Teams", "Within", "access_for", "access_of"]


class Reach(Enum):
    """How far an action reaches when it is not a set of teams."""

    ALL = "all"


#: Every team, also those made later, and what belongs to no team.
ALL: Final = Reach.ALL

Teams: TypeAlias = frozenset[int] | Literal[Reach.ALL]

_NOWHERE: Teams = frozenset()


@dataclass(frozen=True, slots=True)
class Within:
    """The environment that somebody looks at. Lists and counts keep to it; it takes no right and gives none."""

    pk: int
    slug: str
    name: str


@dataclass(frozen=True, slots=True)
class Access:
    """Who asks, in which teams they may do what, and where they look. A value: it never asks the database again.

    ``within`` is None for whoever looks everywhere, as the API and everything in the background do.
    """

    person_id: str = ""
    account_id: str = ""
    name: str = ""
    roles: tuple[str, ...] = ()
    reach: Mapping[Action, Teams] = field(default_factory=lambda: MappingProxyType({}))
    within: Within | None = None

    @property
    def everywhere(self) -> Access:
        """The same person, looking at every environment."""
        return replace(self, within=None)

    @property
    def fingerprint(self) -> str:
        """The same for all who may do the same in the same teams."""
        reach = {
            action.name: "all" if teams is ALL else ",".join(map(str, sorted(teams)))
            for action, teams in self.reach.items()
            if teams
        }
        return hashlib.sha256(repr(sorted(reach.items())).encode()).hexdigest()

    @property
    def actor(self) -> Actor:
        """Who the audit is told it was."""
        return Actor(person=self.person_id, account=self.account_id, label=self.name)

    def teams_that(self, action: Action) -> Teams:
        """The teams in which ``action`` is allowed; ALL for every one."""
        return self.reach.get(action, _NOWHERE)

    def may(self, action: Action, team_id: int | None) -> bool:
        """Whether ``action`` is allowed on something of this team; None is what belongs to no team."""
        teams = self.teams_that(action)
        return teams is ALL or team_id in teams

    def may_somewhere(self, action: Action) -> bool:
        """Whether ``action`` is allowed in at least one team: what decides if a page is offered."""
        return self.teams_that(action) != _NOWHERE

    def may_everywhere(self, action: Action) -> bool:
        """Whether ``action`` is allowed in the whole company."""
        return self.teams_that(action) is ALL

    def require_somewhere(self, action: Action) -> None:
        """Raise :class:`NotAllowed` unless ``action`` is allowed in at least one team."""
        if not self.may_somewhere(action):
            raise _refusal(action)

    def require(self, action: Action, team_id: int | None) -> None:
        """Raise :class:`NotAllowed`, in words for the person, unless ``action`` is allowed there."""
        if not self.may(action, team_id):
            raise _refusal(action)

    def require_everywhere(self, action: Action) -> None:
        """Raise :class:`NotAllowed` unless ``action`` is allowed in the whole company."""
        if not self.may_everywhere(action):
            raise _refusal(action)


NOBODY = Access()


def access_for(account: AbstractBaseUser | AnonymousUser) -> Access:
    """The access of an account; of nobody, when nobody is signed in or the account is closed."""
    if not isinstance(account, Account) or not account.is_active:
        return NOBODY
    memberships = list(Membership.objects.filter(person_id=account.person_id).select_related("team").order_by("id"))
    return Access(
        person_id=str(account.person_id),
        account_id=str(account.pk),
        name=account.person.name,
        roles=_words(memberships),
        reach=MappingProxyType(_reach(memberships)),
    )


def access_of(request: HttpRequest) -> Access:
    """The access of the request's account, looking where it looks; worked out on first use and kept with the request.

    ``request.environments`` is the inventory's (``inventory.middleware``); a token's request has none.
    """
    found: Access | None = request.__dict__.get("interlock_access")
    if found is None:
        environments = request.__dict__.get("environments")
        within = environments.within if environments is not None else None
        found = request.__dict__["interlock_access"] = replace(access_for(request.user), within=within)
    return found


def who_may(action: Action) -> list[str]:
    """The roles that include ``action``: whom to ask for it."""
    return [role.label for role in Role if action in ALLOWED[role]]


def narrowed(access: Access, role: Role, team_id: int | None) -> MappingProxyType[Action, Teams]:
    """Of what ``access`` allows, what ``role`` includes in that team (None: wherever it is allowed everywhere)."""
    found: dict[Action, Teams] = {}
    for action in ALLOWED[role]:
        if access.may(action, team_id):
            found[action] = ALL if team_id is None else frozenset({team_id})
    return MappingProxyType(found)


def _reach(memberships: Iterable[Membership]) -> dict[Action, Teams]:
    reach: dict[Action, Teams] = {}
    for membership in memberships:
        for action in ALLOWED[Role(membership.role)]:
            before = reach.get(action, _NOWHERE)
            if before is ALL or membership.team_id is None:
                reach[action] = ALL
            else:
                reach[action] = before | {membership.team_id}
    return reach


def _words(memberships: Sequence[Membership]) -> tuple[str, ...]:
    """Each role once, with its teams: ``Support, Orders and Service``."""
    teams: dict[str, list[str]] = {}
    for membership in memberships:
        of_role = teams.setdefault(Role(membership.role).label, [])
        if membership.team:
            of_role.append(membership.team.name)
    return tuple(f"{role}, {_listed(names)}" if names else role for role, names in teams.items())


def _listed(names: Sequence[str]) -> str:
    *rest, last = names
    return f"{', '.join(rest)} and {last}" if rest else last


def _refusal(action: Action) -> NotAllowed:
    roles = " or ".join(f"“{role}”" for role in who_may(action))
    return NotAllowed(
        f"Your roles do not let you {action.value} here; {roles} may. Nothing was changed. "
        "An operator can give you the role: manage.py person role."
    )
