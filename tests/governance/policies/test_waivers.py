"""Waivers: one asks, another agrees; exactly one finding is silent until it ends, and it comes back by itself."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import F
from django.db.utils import Error

from controlplane.audit.models import AuditRecord
from controlplane.foundation import clock
from controlplane.foundation.errors import Conflict, Invalid, NotAllowed, NotFound
from controlplane.governance.models import Finding, Policy, Waiver
from controlplane.governance.policies.run import run_everything
from controlplane.governance.policies.waive import ask, decline, end, grant
from controlplane.inventory.models import Integration
from controlplane.people.access import Access
from controlplane.people.models import Account, Team
from controlplane.people.roles import Role
from tests.governance.policies.given import a_policy, granted, somebody
from tests.transactions.factories import Estate, estate

pytestmark = pytest.mark.django_db


@pytest.fixture
def made() -> Estate:
    found = estate()
    Integration.objects.create(slug="other", name="Other", team=found.team, environment=found.environment)
    return found


@pytest.fixture
def policy(made: Estate) -> Policy:
    found = a_policy()
    run_everything()
    return found


@pytest.fixture
def owner(made: Estate) -> Access:
    return somebody("Mara", Role.OWNER, made.team)


@pytest.fixture
def board() -> Access:
    return somebody("Jonas", Role.BOARD)


def in_days(days: int) -> date:
    return clock.now().date() + timedelta(days=days)


def verdicts(policy: Policy) -> dict[str, str]:
    found = Finding.objects.now().filter(policy=policy)
    return {one.subject: one.verdict_now for one in found}


def asked(owner: Access, subject: str, policy: str = "runbook") -> Waiver:
    return ask(owner, policy, "integration", subject, "The vendor has none before March.", in_days(30))


def test_it_silences_exactly_its_target(made: Estate, policy: Policy, owner: Access, board: Access) -> None:
    granted(policy, owner, board, made.integration.slug, in_days(30))
    assert verdicts(policy) == {made.integration.slug: "waived", "other": "fail"}
    others = Finding.objects.filter(subject=made.integration.slug).exclude(policy=policy)
    assert not others.filter(verdict="waived").exists()


def test_until_somebody_agrees_nothing_is_silent(made: Estate, policy: Policy, owner: Access, board: Access) -> None:
    waiver = asked(owner, made.integration.slug)
    run_everything()
    assert verdicts(policy)[made.integration.slug] == "fail"
    decline(board, waiver.pk, "Two hours of writing are no burden.")
    run_everything()
    assert verdicts(policy)[made.integration.slug] == "fail"


def test_when_it_has_expired_the_finding_is_back_by_itself(
    made: Estate, policy: Policy, owner: Access, board: Access
) -> None:
    granted(policy, owner, board, made.integration.slug, in_days(30))
    over = clock.now() - timedelta(minutes=1)
    with _without_triggers():
        Waiver.objects.update(asked_at=F("asked_at") - timedelta(days=60), expires_at=over)
    Finding.objects.filter(verdict="waived").update(waived_until=over)
    assert verdicts(policy)[made.integration.slug] == "fail"
    run_everything()
    one = Finding.objects.get(policy=policy, subject=made.integration.slug)
    assert (one.verdict, one.since, one.waived_until) == ("fail", over, None)


def test_nobody_agrees_to_their_own(made: Estate, policy: Policy) -> None:
    oskar = somebody("Oskar", Role.OPERATOR)
    waiver = asked(oskar, made.integration.slug)
    with pytest.raises(NotAllowed, match="somebody else decides"):
        grant(oskar, waiver.pk)
    with pytest.raises(IntegrityError, match="nobody_grants_their_own"), transaction.atomic():
        Waiver.objects.update(state="granted", decided_by=F("asked_by"), decided_at=clock.now())


def test_nobody_agrees_to_their_own_through_a_second_account(made: Estate, policy: Policy) -> None:
    from controlplane.people.access import access_for

    oskar = somebody("Oskar", Role.OPERATOR)
    second = Account.objects.create(email="oskar2@example.test", person_id=oskar.person_id)
    waiver = asked(oskar, made.integration.slug)
    with pytest.raises(NotAllowed, match="somebody else decides"):
        grant(access_for(second), waiver.pk)


@pytest.mark.parametrize(
    "change",
    [
        {"subject": "other"},
        {"reason": "Another one."},
        {"asked_by": F("decided_by"), "owner": F("decided_by")},
        {"state": "asked", "decided_by": None},
        {"state": "declined"},
    ],
)
def test_what_was_agreed_to_is_not_changed(
    made: Estate, policy: Policy, owner: Access, board: Access, change: dict[str, object]
) -> None:
    granted(policy, owner, board, made.integration.slug, in_days(30))
    with pytest.raises(Error), transaction.atomic():
        Waiver.objects.update(**change)


def test_one_that_was_never_asked_for_cannot_be_written(policy: Policy, owner: Access, board: Access) -> None:
    now = clock.now()
    with pytest.raises(Error, match="asked for first"), transaction.atomic():
        Waiver.objects.create(
            policy=policy,
            subject_kind="integration",
            subject="other",
            reason="x",
            owner_id=owner.person_id,
            asked_by_id=owner.person_id,
            asked_at=now,
            expires_at=now + timedelta(days=3),
            state="granted",
            decided_by_id=board.person_id,
        )


@pytest.mark.parametrize("day", [in_days(-1), in_days(366), in_days(4000), date.min, date.max], ids=str)
def test_it_ends_after_today_and_within_a_year(made: Estate, policy: Policy, owner: Access, day: date) -> None:
    with pytest.raises(Invalid, match="within a year"):
        ask(owner, "runbook", "integration", made.integration.slug, "Why not.", day)


def test_asking_takes_the_right_in_the_team(made: Estate, policy: Policy) -> None:
    elsewhere = somebody("Ana", Role.OWNER, Team.objects.create(slug="elsewhere", name="Elsewhere"))
    with pytest.raises(NotAllowed):
        asked(elsewhere, made.integration.slug)


def test_agreeing_takes_a_board(made: Estate, policy: Policy, owner: Access) -> None:
    waiver = asked(owner, made.integration.slug)
    with pytest.raises(NotAllowed):
        grant(somebody("Ana", Role.OWNER, made.team), waiver.pk)


def test_what_is_not_there_cannot_be_waived(policy: Policy, owner: Access) -> None:
    with pytest.raises(NotFound):
        asked(owner, "nothing")
    with pytest.raises(NotFound):
        asked(owner, "other", "no-policy")
    with pytest.raises(Invalid):
        ask(owner, "runbook", "endpoint", "other", "Why.", in_days(3))


def test_a_second_request_waits_for_the_first(made: Estate, policy: Policy, owner: Access) -> None:
    asked(owner, made.integration.slug)
    with pytest.raises(Conflict, match="waits for a decision already"):
        asked(owner, made.integration.slug)


def test_it_can_be_ended_early_and_is_decided_once(made: Estate, policy: Policy, owner: Access, board: Access) -> None:
    waiver = granted(policy, owner, board, made.integration.slug, in_days(30))
    with pytest.raises(Conflict, match="decided already: granted"):
        grant(board, waiver.pk)
    end(owner, waiver.pk, "The runbook is half written.")
    assert verdicts(policy)[made.integration.slug] == "fail"
    acts = list(AuditRecord.objects.filter(subject_kind="waiver").order_by("id").values_list("action", flat=True))
    assert acts == ["waiver.asked", "waiver.granted", "waiver.ended"]


@contextmanager
def _without_triggers() -> Iterator[None]:
    """What was asked for is not changed; a test lets time pass by other means."""
    with connection.cursor() as cursor:
        cursor.execute("set local session_replication_role = replica")
        yield
        cursor.execute("set local session_replication_role = origin")
