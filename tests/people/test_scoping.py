"""A row out of reach looks exactly like one that does not exist."""

from __future__ import annotations

from typing import ClassVar

import pytest
from django.db import models
from django.http import Http404

from controlplane.people.access import NOBODY, access_for
from controlplane.people.models import Membership, Team
from controlplane.people.roles import Action, Role
from controlplane.people.scoping import ScopedQuerySet, scoped_models
from tests.people.conftest import Make

pytestmark = pytest.mark.django_db


class MembershipQuerySet(ScopedQuerySet[Membership]):
    """Memberships as an example of rows that belong to teams (or to none)."""

    team_path = "team_id"


def _rows() -> MembershipQuerySet:
    return MembershipQuerySet(Membership)


def test_rows_of_other_teams_and_of_no_team_are_left_out(make: Make, billing: Team, sales: Team) -> None:
    elif_ = make("elif@example.test", (Role.SUPPORT, billing))
    make("tom@example.test", (Role.SUPPORT, sales), (Role.BOARD, None))

    assert [row.team for row in _rows().visible_to(access_for(elif_))] == [billing]


def test_who_reaches_everything_sees_also_what_belongs_to_no_team(make: Make, billing: Team) -> None:
    olga = make("olga@example.test", (Role.OPERATOR, None))
    make("elif@example.test", (Role.SUPPORT, billing))

    assert _rows().visible_to(access_for(olga)).count() == 2


def test_the_action_decides_which_teams_count(make: Make, billing: Team, sales: Team) -> None:
    ruth = access_for(make("ruth@example.test", (Role.OWNER, billing), (Role.SUPPORT, sales)))

    assert {row.team for row in _rows().visible_to(ruth)} == {billing, sales}
    assert [row.team for row in _rows().visible_to(ruth, Action.CONFIGURE)] == [billing]


def test_nobody_sees_nothing(make: Make, billing: Team) -> None:
    make("elif@example.test", (Role.SUPPORT, billing))
    assert not _rows().visible_to(NOBODY).exists()


def test_a_foreign_a_missing_and_a_nonsense_id_are_told_the_same(make: Make, billing: Team, sales: Team) -> None:
    access = access_for(make("elif@example.test", (Role.SUPPORT, billing)))
    make("tom@example.test", (Role.SUPPORT, sales))
    own, foreign = Membership.objects.get(team=billing).pk, Membership.objects.get(team=sales).pk

    assert _rows().get_visible_or_404(access, pk=own).team == billing
    said = []
    for wanted in (foreign, 987_654, "not-a-number"):
        with pytest.raises(Http404) as refused:
            _rows().get_visible_or_404(access, pk=wanted)
        said.append(str(refused.value))
    assert said == ["There is no such membership, or it is not yours to see."] * 3


def test_a_scope_must_say_by_what_it_cuts() -> None:
    with pytest.raises(TypeError, match=r"Careless\.team_path must name"):

        class Careless(ScopedQuerySet[Team]):
            needs: ClassVar[Action] = Action.REPLAY


def test_scoped_models_are_found_by_their_default_manager() -> None:
    assert Team not in scoped_models()
    manager = MembershipQuerySet.as_manager()
    assert isinstance(manager, models.Manager)
    manager.model = Membership
    assert isinstance(manager.get_queryset(), ScopedQuerySet)
