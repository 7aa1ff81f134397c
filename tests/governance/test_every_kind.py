"""What holds of changes of every kind that there is: who decides on them, for how long, and how often."""

from __future__ import annotations

from functools import partial
from http import HTTPStatus
from typing import Any

import pytest
from django.db import IntegrityError
from django.test import Client

from controlplane.foundation import clock
from controlplane.foundation.errors import Conflict
from controlplane.governance.changes.apply import apply
from controlplane.governance.changes.expire import expire
from controlplane.governance.changes.revise import revise
from controlplane.governance.kinds import kind_called
from controlplane.governance.models import BoardMember, ChangeRequest, ChangeState, Decision, Vote
from controlplane.people.access import Access
from controlplane.people.models import Account
from controlplane.people.roles import Role
from tests.governance.board import person_of, second_account
from tests.governance.every_kind import EXAMPLES, REPLAY, Everything, everything, registered
from tests.governance.racing import at_once
from tests.governance.test_database_refuses import APPLY, cast, run
from tests.people.rest.asking import Program, a_program

EVERY = [*EXAMPLES, REPLAY]


@pytest.fixture
def here(db: None, settings: Any) -> Everything:
    """A company in which everything can be proposed."""
    return everything(settings)


@pytest.mark.django_db
def test_there_is_an_example_of_every_kind() -> None:
    assert registered() == set(EVERY)


def refused(change: ChangeRequest, access: Access, program: Program | None = None, **more: Any) -> None:
    """On the page, over the API and by the database."""
    now = ChangeRequest.objects.select_related("current").get(pk=change.pk).revision
    client = Client()
    client.force_login(Account.objects.get(pk=access.account_id))
    said = {"choice": "approve", "words": "Fine.", "content_hash": now.content_hash}
    deputised = more.get("on_behalf_of")
    place = {"on_behalf_of": deputised.person_id} if deputised else {}
    answer = client.post(f"/changes/{change.pk}/vote/", said | place | {"revision": now.number})
    assert answer.status_code == HTTPStatus.FORBIDDEN
    asks = program or a_program(Account.objects.get(pk=access.account_id), Role.OPERATOR)
    answer = asks.post(f"changes/{change.pk}/votes", said | place | {"version": now.number})
    assert answer.status_code == HTTPStatus.FORBIDDEN, answer.content
    with pytest.raises(IntegrityError, match="nobody decides on their own change"):
        cast(change, access, **more)


@pytest.mark.parametrize("kind", EVERY)
def test_nobody_decides_on_their_own_change_in_any_of_five_ways(here: Everything, kind: str) -> None:
    change = here.proposed(kind)
    here.seat(here.author)
    refused(change, here.author)
    refused(change, second_account(here.author))
    program = a_program(Account.objects.get(pk=here.author.account_id), Role.OPERATOR)
    assert program.token is not None
    refused(change, here.author, program, account=str(program.token.pk))
    BoardMember.objects.filter(person_id=here.members[0].person_id).update(deputy=person_of(here.author))
    refused(change, here.author, on_behalf_of=here.members[0])
    assert Vote.objects.count() == 0

    for member in here.members[:2]:
        change = here.votes(member, change)
    editor = here.members[2]
    edit = partial(revise, editor, change.pk, change.revision.content, after=1, why="I know better.")
    if kind_called(kind).at_once:
        assert change.state == ChangeState.APPLIED
        with pytest.raises(Conflict, match="is applied, so this cannot be done any more"):
            edit()
        return
    assert change.state == ChangeState.APPROVED
    edit()
    change.refresh_from_db()
    assert (change.state, change.approved_until) == (ChangeState.PROPOSED, None)
    refused(change, editor)
    with pytest.raises(Conflict, match="is proposed, so this cannot be done"):
        apply(here.author, change.pk)
    with pytest.raises(IntegrityError, match="does not become applied"):
        run(APPLY, change.pk)


@pytest.mark.parametrize("kind", [name for name in EVERY if not kind_called(name).at_once])
def test_an_approval_that_is_over_applies_nothing(here: Everything, kind: str) -> None:
    change = here.approved(kind)
    before = kind_called(kind).base(change.subject)
    ChangeRequest.objects.filter(pk=change.pk).update(approved_until=clock.now())
    with pytest.raises(Conflict, match="Its approval is over"):
        apply(here.author, change.pk)
    with pytest.raises(IntegrityError, match="the approval of this change is over"):
        run(APPLY, change.pk)
    assert expire() == 1
    change.refresh_from_db()
    assert (change.state, change.applied_at) == (ChangeState.EXPIRED, None)
    assert kind_called(kind).base(change.subject) == before


@pytest.mark.parametrize("kind", ["contract", "flow", "endpoint"])
@pytest.mark.usefixtures("transactional_db")
def test_two_last_votes_at_once_give_one_decision_and_two_applications_one(kind: str, settings: Any) -> None:
    here = everything(settings)
    change = here.proposed(kind)
    here.votes(here.members[0], change)
    at_once(*(partial(here.votes, member, change) for member in here.members[1:]))
    assert Decision.objects.filter(change=change).count() == 1
    came = at_once(partial(apply, here.author, change.pk), partial(apply, here.members[0], change.pk))
    assert sorted(type(one).__name__ for one in came) == ["ChangeRequest", "Conflict"]
    before, now = change.revision.base, kind_called(kind).base(change.subject)
    assert now != before
    assert now.get("version", 2) == 2
