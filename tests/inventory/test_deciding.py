"""A decision by a guide stays with the integration: answers, recommendation, what was decided and why otherwise."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import Error, transaction

from controlplane.audit.models import AuditRecord
from controlplane.foundation.errors import Invalid, NotAllowed
from controlplane.inventory.deciding import decide, newest
from controlplane.inventory.models import Decision, FieldChange, Integration
from controlplane.inventory.rules.guides import guide
from controlplane.people.access import Access, access_for
from controlplane.people.roles import Role
from tests.transactions.factories import Estate, an_account, estate

pytestmark = pytest.mark.django_db

SOON = {"late": "seconds", "tells": "pushes", "amount": "little"}
BY_NIGHT = {"late": "morning", "tells": "whole", "amount": "masses"}


@pytest.fixture
def made() -> Estate:
    return estate()


@pytest.fixture
def mara(made: Estate) -> Access:
    return access_for(an_account("Mara Lindqvist", Role.OWNER, made.team))


def timed(access: Access, made: Estate, answers: dict[str, str], chosen: str, **more: Any) -> Decision:
    return decide(access, made.integration, guide("timing"), answers, chosen=chosen, **more)


def test_what_is_decided_is_what_the_integration_says(made: Estate, mara: Access) -> None:
    kept = timed(mara, made, SOON, "real-time", need="The courier waits at the gate.")
    one = Integration.objects.get(pk=made.integration.pk)
    assert (one.sync_mode, one.real_time_need) == ("real-time", "The courier waits at the gate.")
    assert (kept.recommended, kept.deviation, kept.by_label) == ("real-time", "", "Mara Lindqvist")
    assert kept.answers == SOON
    changed = FieldChange.objects.filter(kind="integration", object_id=one.pk).order_by("id")
    assert {(row.field, row.before, row.after) for row in changed} == {
        ("sync_mode", "", "real-time"),
        ("real_time_need", "", "The courier waits at the gate."),
    }
    last = AuditRecord.objects.latest("id")
    assert (last.action, last.subject_id) == ("integration.decided", str(one.pk))


def test_real_time_needs_to_be_needed(made: Estate, mara: Access) -> None:
    with pytest.raises(Invalid, match="Say what happens if it is later") as caught:
        timed(mara, made, SOON, "real-time")
    assert caught.value.field == "need"
    assert not Decision.objects.exists()
    assert Integration.objects.get().sync_mode == ""


def test_something_else_than_the_recommendation_needs_a_reason_which_is_kept(made: Estate, mara: Access) -> None:
    with pytest.raises(Invalid, match=r"Recommended is Batch\. Say why it is decided otherwise\."):
        timed(mara, made, BY_NIGHT, "micro-batch", deviation="  ")
    kept = timed(mara, made, BY_NIGHT, "micro-batch", deviation="The auditor wants it within the hour.")
    assert (kept.recommended, kept.chosen) == ("batch", "micro-batch")
    assert kept.deviation == "The auditor wants it within the hour."


def test_what_is_no_longer_real_time_needs_it_no_longer(made: Estate, mara: Access) -> None:
    timed(mara, made, SOON, "real-time", need="The courier waits at the gate.")
    timed(mara, made, BY_NIGHT, "batch", need="left over")
    one = Integration.objects.get(pk=made.integration.pk)
    assert (one.sync_mode, one.real_time_need) == ("batch", "")


def test_the_newest_counts_and_the_older_stays(made: Estate, mara: Access) -> None:
    timed(mara, made, SOON, "real-time", need="The courier waits at the gate.")
    timed(mara, made, BY_NIGHT, "batch")
    pk = made.integration.pk
    assert newest([pk])[pk]["timing"].chosen == "batch"
    assert Decision.objects.count() == 2


def test_only_who_configures_there_decides(made: Estate) -> None:
    support = access_for(an_account("Elif Kaya", Role.SUPPORT, made.team))
    with pytest.raises(NotAllowed):
        timed(support, made, BY_NIGHT, "batch")
    assert not Decision.objects.exists()


def test_the_database_keeps_a_decision_as_it_was(made: Estate, mara: Access) -> None:
    kept = timed(mara, made, BY_NIGHT, "batch")
    for act in (lambda: Decision.objects.update(chosen="real-time"), kept.delete):
        with pytest.raises(Error, match="only added to"), transaction.atomic():
            act()
    assert Decision.objects.get().chosen == "batch"
