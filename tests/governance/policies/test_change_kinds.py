"""Policies and waivers that a board decides on; and policies as a check of every other change."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from controlplane.audit.models import Subject
from controlplane.foundation import clock
from controlplane.foundation.errors import Invalid
from controlplane.foundation.registries import subjects
from controlplane.governance.changes.check import run_checks
from controlplane.governance.changes.propose import propose
from controlplane.governance.changes.vote import vote
from controlplane.governance.kinds import Applying, Described, Kind
from controlplane.governance.models import Board, BoardMember, ChangeRequest, Check, Choice, Finding, Policy, Waiver
from controlplane.governance.policies.run import run_everything
from controlplane.inventory.models import Integration
from controlplane.people.access import Access
from controlplane.people.roles import Action, Role
from tests.governance.policies.given import a_policy, content, somebody
from tests.transactions.factories import Estate, estate

pytestmark = pytest.mark.django_db


@pytest.fixture
def made() -> Estate:
    return estate()


@pytest.fixture
def oskar() -> Access:
    return somebody("Oskar", Role.OPERATOR)


@pytest.fixture
def jonas() -> Access:
    found = somebody("Jonas", Role.BOARD)
    board = Board.objects.create(slug="board", name="Board", kinds=["policy", "waiver", "runbook"], quorum=1)
    BoardMember.objects.create(board=board, person_id=UUID(found.person_id))
    return found


def proposed(by: Access, kind: str, subject: Subject, what: Mapping[str, Any]) -> ChangeRequest:
    change = propose(by, kind, subject, what, title="So be it", why="The law asks for it.")
    run_checks(change.revision)
    return ChangeRequest.objects.select_related("current").get(pk=change.pk)


def approve(by: Access, change: ChangeRequest) -> ChangeRequest:
    now = change.revision
    return vote(by, change.pk, Choice.APPROVE, "Agreed.", revision=now.number, content_hash=now.content_hash)


def test_a_policy_holds_once_the_board_agrees(made: Estate, oskar: Access, jonas: Access) -> None:
    change = proposed(oskar, "policy", Subject("policy", "runbook"), asdict(content()))
    assert not Policy.objects.filter(slug="runbook").exists()
    approve(jonas, change)
    assert Finding.objects.get(policy__slug="runbook").verdict == "fail"


def test_what_cannot_be_a_policy_is_not_proposed(oskar: Access, jonas: Access) -> None:
    for what, field in (
        (asdict(content(fails=[])), "fails"),
        ({"about": "integration"}, "content"),
        (asdict(content()) | {"colour": "red"}, "colour"),
    ):
        with pytest.raises(Invalid) as refused:
            proposed(oskar, "policy", Subject("policy", "runbook"), what)
        assert refused.value.field == field


def test_a_waiver_is_granted_by_the_board_to_whoever_asked(made: Estate, oskar: Access, jonas: Access) -> None:
    a_policy()
    run_everything()
    until = (clock.now().date() + timedelta(days=20)).isoformat()
    subject = Subject("integration", made.integration.slug)
    approve(jonas, proposed(oskar, "waiver", subject, {"policy": "runbook", "until": until}))
    waiver = Waiver.objects.get()
    assert (waiver.state, str(waiver.asked_by_id), str(waiver.decided_by_id)) == (
        "granted",
        oskar.person_id,
        jonas.person_id,
    )
    assert Finding.objects.get(policy__slug="runbook").verdict == "waived"


def test_a_waiver_without_an_end_is_not_proposed(made: Estate, oskar: Access, jonas: Access) -> None:
    a_policy()
    with pytest.raises(Invalid) as refused:
        proposed(oskar, "waiver", Subject("integration", made.integration.slug), {"policy": "runbook", "until": "ever"})
    assert refused.value.field == "until"


@pytest.fixture
def runbooks() -> Iterator[None]:
    """A kind of change: the runbook of an integration."""

    def apply(applying: Applying) -> None:
        Integration.objects.filter(slug=applying.subject.id).update(runbook=applying.content["runbook"])

    kind = Kind(
        label="Runbook",
        needs=Action.CONFIGURE,
        describe=lambda subject: Described(subject.id),
        validate=lambda _subject, what: what,
        base=lambda subject: Integration.objects.get(slug=subject.id).runbook,
        diff=lambda _subject, _what, _base: (),
        apply=apply,
    )
    subjects.register("runbook", kind)
    yield
    subjects._entries.pop("runbook")


@pytest.mark.usefixtures("runbooks")
@pytest.mark.parametrize(("runbook", "state"), [("https://wiki.example", "passed"), ("", "failed")])
def test_another_change_is_judged_as_it_would_be_and_nothing_of_it_stays(
    made: Estate, oskar: Access, jonas: Access, runbook: str, state: str
) -> None:
    a_policy(severity="block")
    Integration.objects.update(runbook="" if runbook else "https://wiki.example")
    change = proposed(oskar, "runbook", Subject("integration", made.integration.slug), {"runbook": runbook})
    check = Check.objects.get(revision=change.revision, name="policies")
    assert (check.state, check.required) == (state, True)
    assert Integration.objects.get(slug=made.integration.slug).runbook == ("" if runbook else "https://wiki.example")
