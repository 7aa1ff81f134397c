"""A door to senders is opened by a board, takes what is sent, and is closed again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from controlplane.audit.models import SYSTEM
from controlplane.console.estate.apply import apply as apply_estate
from controlplane.console.estate.problems import Refused
from controlplane.foundation.errors import Conflict
from controlplane.governance.changes.apply import apply
from controlplane.governance.changes.check import run_checks
from controlplane.governance.changes.propose import Emergency
from controlplane.governance.changes.rollback import rollback
from controlplane.governance.changes.vote import vote
from controlplane.governance.models import ChangeState, CheckState, Choice
from controlplane.transactions.models import Endpoint
from controlplane.transactions.pipeline.catalogue import catalogue
from tests.console.entries.deciding import Deciding, check, deciding, differences, said
from tests.governance.policies.given import a_policy
from tests.transactions.conftest import Story, paid, receiver, tell_story

__all__ = ["receiver", "tell_story"]
pytestmark = pytest.mark.django_db(transaction=True)

DOOR = "billing-webhooks"


@pytest.fixture
def story(tell_story: Callable[..., Story]) -> Story:
    """An endpoint that is closed."""
    told = tell_story()
    Endpoint.objects.update(active=False)
    return told


@pytest.fixture
def here(story: Story) -> Deciding:
    """A board decides on what is exposed."""
    return deciding(story.estate.team, "endpoint")


def answered(story: Story) -> int:
    """What a sender is told."""
    catalogue.forget()
    (answer,) = story.send(paid(1))
    return answer.status


def test_a_door_is_opened_and_closed_by_the_board(here: Deciding, story: Story) -> None:
    assert answered(story) == 404
    opened = said("endpoint", DOOR, active=True)
    with pytest.raises(Refused, match=r"the board 'Integration board' decides this \(endpoint\)"):
        apply_estate({"endpoints": {DOOR: opened}}, actor=SYSTEM)

    change = here.proposed("endpoint", DOOR, opened)
    assert differences(change) == [("risky", "active", "false", "true")]
    assert check(change, "signed") == (CheckState.PASSED, False, "Senders sign by stripe.")
    assert check(change, "policies")[0] == CheckState.PASSED
    assert answered(story) == 404
    apply(here.owner, here.agreed(change).pk)
    assert answered(story) == 202

    back = rollback(here.owner, change.pk, why="They send too much.")
    run_checks(back.revision)
    assert differences(back) == [("breaking", "active", "true", "false")]
    apply(here.owner, here.agreed(back).pk)
    assert answered(story) == 404
    change.refresh_from_db()
    assert change.state == ChangeState.ROLLED_BACK


@pytest.mark.parametrize(
    ("more", "level", "what"),
    [
        ({"active": True, "scheme": "shared_token"}, "breaking", "scheme"),
        ({"scheme": "hmac", "scheme_settings": {"header": "x-signature"}}, "breaking", "scheme"),
        ({"max_body": 100}, "breaking", "max_body"),
        ({"max_body": 2_000_000}, "safe", "max_body"),
        ({"rate_per_second": 5.0}, "breaking", "rate_per_second"),
        ({"on_broken": "refuse"}, "breaking", "on_broken"),
        ({"takes_gzip": True}, "safe", "takes_gzip"),
        ({"name": "Stripe"}, "safe", "name"),
    ],
)
def test_what_follows_for_senders_is_told(here: Deciding, more: dict[str, Any], level: str, what: str) -> None:
    change = here.proposed("endpoint", DOOR, said("endpoint", DOOR, **more))
    assert (level, what) in [one[:2] for one in differences(change)]


def test_exposed_without_a_signature_the_board_reads_it_red(here: Deciding) -> None:
    change = here.proposed("endpoint", DOOR, said("endpoint", DOOR, active=True, scheme="shared_token"))
    assert [one[:2] for one in differences(change)] == [("breaking", "active"), ("breaking", "scheme")]
    assert check(change, "signed") == (
        CheckState.FAILED,
        False,
        "shared_token signs nothing: who has seen one request can make another.",
    )


def test_what_a_policy_blocks_is_not_opened(here: Deciding) -> None:
    a_policy(
        slug="no-token",
        about="endpoint",
        severity="block",
        title="A door is signed",
        expression="endpoint.is_signed || !endpoint.active",
        remediation="No token opens a door.",
        passes=[{"is_signed": True, "active": True}],
        fails=[{"is_signed": False, "active": True}],
    )
    change = here.proposed("endpoint", DOOR, said("endpoint", DOOR, active=True, scheme="shared_token"))
    here.agreed(change)
    assert check(change, "applies")[:2] == (CheckState.FAILED, True)
    assert "No token opens a door." in check(change, "applies")[2]
    with pytest.raises(Conflict, match="Required checks have not passed"):
        apply(here.owner, change.pk)
    assert not Endpoint.objects.get().active


def test_in_an_emergency_a_door_is_closed_with_one_vote(here: Deciding, story: Story) -> None:
    Endpoint.objects.update(active=True)
    change = here.proposed(
        "endpoint", DOOR, said("endpoint", DOOR, active=False), emergency=Emergency(timedelta(hours=1))
    )
    change = vote(here.members[0], change.pk, Choice.APPROVE, revision=1, content_hash=change.revision.content_hash)
    apply(here.owner, change.pk)
    assert answered(story) == 404


def test_a_new_door_taken_back_takes_nothing_and_stays(here: Deciding) -> None:
    change = here.applied("endpoint", "second-door", said("endpoint", DOOR, name="Second", active=True))
    assert Endpoint.objects.get(slug="second-door").active
    back = rollback(here.owner, change.pk, why="One is enough.")
    run_checks(back.revision)
    apply(here.owner, here.agreed(back).pk)
    assert not Endpoint.objects.get(slug="second-door").active
