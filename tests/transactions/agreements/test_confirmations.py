"""What is said for a consumer that a change touches, and of one that does not answer, decides whether it goes ahead."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import IntegrityError, transaction
from django.http import Http404

from controlplane.audit.models import AuditRecord, Subject
from controlplane.contracts.consumers import asking
from controlplane.contracts.consumers.answer import answer
from controlplane.contracts.consumers.declare import Uses, declare, revise
from controlplane.contracts.consumers.escalate import escalate
from controlplane.contracts.consumers.withdraw import withdraw
from controlplane.contracts.lifecycle.subject import NAME
from controlplane.contracts.models import Answer, Confirmation, Said
from controlplane.foundation.errors import Conflict, Invalid, NotAllowed, NotFound
from controlplane.governance.changes.apply import apply
from controlplane.governance.changes.propose import Emergency, propose
from controlplane.governance.changes.revise import revise as revise_change
from controlplane.governance.changes.rollback import rollback
from controlplane.governance.changes.withdraw import withdraw as withdraw_change
from controlplane.governance.models import BoardMember, ChangeRequest
from controlplane.people.access import Access
from controlplane.people.roles import Role
from controlplane.transactions.models import Normalisation
from tests.governance.board import second_account
from tests.transactions.agreements.asking import (
    NUMBERED,
    WAREHOUSE,
    confirmations,
    later,
    said,
    the,
    warehouse,
)
from tests.transactions.agreements.board import SLUG, Deciding, newest
from tests.transactions.factories import Estate, a_team, an_access

pytestmark = pytest.mark.django_db


# -- what is said --------------------------------------------------------------------------------------


def test_a_refusal_says_why_and_stands_in_the_way(here: Deciding, made: Estate, finance: Access) -> None:
    warehouse(finance, made)
    change = here.proposed(**NUMBERED)
    with pytest.raises(Invalid, match="Say why it cannot live with it"):
        said(finance, change, Said.REFUSED, "  ")
    said(finance, change, Said.REFUSED, "We have no numbers before May.")
    assert confirmations(change) == (
        "failed",
        "0 of 1 settled. Refuses: Warehouse (Fred Finance: We have no numbers before May).",
    )
    said(finance, change, Said.CONFIRMED, "We have them now.")
    assert confirmations(change)[0] == "passed"
    assert [one.said for one in Answer.objects.order_by("pk")] == ["refused", "confirmed"]
    with pytest.raises(Conflict, match="has confirmed already"):
        said(finance, change, Said.CONFIRMED)


def test_a_refusal_after_the_check_passed_stops_the_application(here: Deciding, made: Estate, finance: Access) -> None:
    warehouse(finance, made)
    change = here.proposed(**NUMBERED)
    said(finance, change, Said.CONFIRMED)
    change = here.agreed(change)
    # As it is when the answer comes while the check runs: the check has passed on what was known before.
    Confirmation.objects.update(state="refused")
    with pytest.raises(Conflict, match=r"Consumers have not confirmed it: Warehouse \(refuses\). Nothing was applied."):
        apply(here.owner, change.pk)
    assert newest().number == 1


def test_only_its_team_answers_for_a_consumer(here: Deciding, made: Estate, finance: Access) -> None:
    warehouse(finance, made)
    change = here.proposed(**NUMBERED)
    support = an_access(Role.SUPPORT, a_team("finance"), name="Support")
    for stranger in (here.colleague, support, here.members[0]):
        with pytest.raises(NotAllowed, match=r"of Finance says that for Warehouse\. Your answer was not taken"):
            said(stranger, change, Said.CONFIRMED)
    with pytest.raises(Http404):
        answer(Access(), the(change).pk, Said.CONFIRMED, content_hash=the(change).revision.content_hash)


def test_the_proposer_answers_for_nobody_by_whatever_account(here: Deciding, made: Estate) -> None:
    declare(here.owner, made.contract, Uses(), integration=made.integration)
    change = here.proposed(**NUMBERED)
    for account in (here.owner, second_account(here.owner, "other@people.example")):
        with pytest.raises(NotAllowed, match="You wrote a version of this change"):
            said(account, change, Said.CONFIRMED, name=made.integration.name)
    said(here.colleague, change, Said.CONFIRMED, name=made.integration.name)
    assert confirmations(change)[0] == "passed"


def test_whoever_wrote_any_version_answers_for_nobody(here: Deciding, made: Estate) -> None:
    declare(here.owner, made.contract, Uses(), integration=made.integration)
    change = here.proposed(**NUMBERED)
    revise_change(here.colleague, change.pk, {**NUMBERED, "breaks": "Odoo numbers customers."}, after=1)
    for author in (here.owner, here.colleague):
        with pytest.raises(NotAllowed, match="You wrote a version of this change"):
            said(author, change, Said.CONFIRMED, name=made.integration.name)


def test_the_proposer_talks_no_consumer_out_of_the_way(here: Deciding, made: Estate) -> None:
    declared = declare(here.owner, made.contract, Uses(), integration=made.integration)
    change = here.proposed(**NUMBERED)
    words = f"You wrote {change.reference}, which this consumer is asked about"
    with pytest.raises(NotAllowed, match=words):
        revise(here.owner, declared.pk, Uses(fields=["/amount_paid"]))
    with pytest.raises(NotAllowed, match=words):
        withdraw(here.owner, declared.pk, "Nobody needs it.")
    revise(here.colleague, declared.pk, Uses(fields=["/amount_paid"]))
    assert confirmations(change)[0] == "passed"


def test_nor_does_the_proposer_declare_what_is_only_seen(here: Deciding, made: Estate) -> None:
    Normalisation.objects.update(contract_version=made.contract_version)
    change = here.proposed(**NUMBERED)
    assert the(change, made.integration.name).dependency is None
    with pytest.raises(NotAllowed, match="which this consumer is asked about"):
        declare(here.owner, made.contract, Uses(fields=["/amount_paid"]), integration=made.integration)


def test_nobody_answers_once_it_is_decided_otherwise(here: Deciding, made: Estate, finance: Access) -> None:
    warehouse(finance, made)
    change = here.proposed(**NUMBERED)
    withdraw_change(here.owner, change.pk, "Not now.")
    with pytest.raises(Conflict, match=f"{change.reference} is withdrawn: nobody is asked any more"):
        said(finance, change, Said.CONFIRMED)
    with pytest.raises(NotFound, match="There is no such confirmation"):
        answer(finance, 4711, Said.CONFIRMED, content_hash="0" * 64)


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"content_hash": "0" * 64}, "bound to another content"),
        ({"person": "owner"}, "who wrote a change neither answers for its consumers nor overrides one"),
        ({"said": "refused", "words": ""}, "answer_says_why"),
    ],
)
def test_the_database_refuses_what_may_not_be_said(
    here: Deciding, made: Estate, finance: Access, wrong: dict[str, Any], words: str
) -> None:
    warehouse(finance, made)
    change = here.proposed(**NUMBERED)
    asked = the(change)
    plain = {"content_hash": asked.revision.content_hash, "said": "confirmed", "words": "x", "person": "finance"}
    row = plain | wrong
    by = {"owner": here.owner, "finance": finance}[row.pop("person")]
    with pytest.raises(IntegrityError, match=words), transaction.atomic():
        Answer.objects.create(confirmation=asked, person_id=UUID(by.person_id), account=UUID(by.account_id), **row)


def test_what_was_said_is_never_changed_and_older_versions_take_no_word(
    here: Deciding, made: Estate, finance: Access
) -> None:
    warehouse(finance, made)
    change = here.proposed(**NUMBERED)
    said(finance, change, Said.CONFIRMED)
    for act in (lambda: Answer.objects.update(said="refused"), lambda: Answer.objects.all().delete()):
        with pytest.raises(IntegrityError, match="is refused: it is kept as it was written"), transaction.atomic():
            act()
    old = the(change)
    revise_change(here.owner, change.pk, {**NUMBERED, "breaks": "Odoo."}, after=1)
    row = {"person_id": UUID(finance.person_id), "account": UUID(finance.account_id), "said": "confirmed"}
    with pytest.raises(IntegrityError, match="another revision than the current one"), transaction.atomic():
        Answer.objects.create(confirmation=old, content_hash=old.revision.content_hash, **row)


# -- who does not answer -------------------------------------------------------------------------------


@pytest.mark.parametrize(("cadence", "days"), [(None, 10), (1, 10), (20, 40), (200, 90)])
def test_who_comes_seldom_has_longer_to_answer(
    here: Deciding, made: Estate, finance: Access, cadence: int | None, days: int
) -> None:
    warehouse(finance, made, cadence=timedelta(days=cadence) if cadence else None)
    asked = the(here.proposed(**NUMBERED))
    assert asked.due_at - asked.asked_at == timedelta(days=days)


def test_a_change_that_cannot_be_looked_at_does_not_keep_others_from_it(
    here: Deciding, made: Estate, finance: Access, monkeypatch: pytest.MonkeyPatch
) -> None:
    warehouse(finance, made)
    broken, other = here.proposed(**NUMBERED), here.proposed(**{**NUMBERED, "breaks": "Odoo."})
    later(monkeypatch, days=10)
    look = asking.look_again

    def away(change: ChangeRequest) -> bool:
        if change.pk == broken.pk:
            raise NotFound("There is no contract 'gone'.")
        return look(change)

    monkeypatch.setattr("controlplane.contracts.consumers.escalate.look_again", away)
    assert escalate() == 1
    assert (the(broken).state, the(other).state) == ("waiting", "stale")


def test_a_stale_consumer_may_still_answer(
    here: Deciding, made: Estate, finance: Access, monkeypatch: pytest.MonkeyPatch
) -> None:
    warehouse(finance, made)
    change = here.proposed(**NUMBERED)
    later(monkeypatch, days=10)
    assert escalate() == 1
    said(finance, change, Said.CONFIRMED)
    assert confirmations(change)[0] == "passed"
    with pytest.raises(Conflict, match="Warehouse has confirmed; there is nothing to override"):
        said(here.members[0], change, Said.OVERRIDDEN, "Enough.")


def test_a_refusal_can_be_overridden_at_once_and_an_override_refused(
    here: Deciding, made: Estate, finance: Access
) -> None:
    warehouse(finance, made)
    change = here.proposed(**NUMBERED)
    said(finance, change, Said.REFUSED, "Never.")
    said(here.members[0], change, Said.OVERRIDDEN, "It has had two years.")
    assert confirmations(change) == (
        "passed",
        "1 of 1 settled. Goes ahead without it: Warehouse (First: It has had two years).",
    )
    said(finance, change, Said.REFUSED, "We were not told that.")
    assert confirmations(change)[0] == "failed"


def test_only_the_board_overrides_and_no_deputy_of_an_author(here: Deciding, made: Estate, finance: Access) -> None:
    warehouse(finance, made)
    change = here.proposed(**NUMBERED)
    said(finance, change, Said.REFUSED, "Never.")
    with pytest.raises(NotAllowed, match="is said by Contract board, and you have no seat there"):
        said(here.colleague, change, Said.OVERRIDDEN, "It is fine.")
    BoardMember.objects.create(
        board=change.board, person_id=UUID(here.owner.person_id), deputy_id=UUID(here.colleague.person_id)
    )
    with pytest.raises(NotAllowed, match="You deputise for an author of this change"):
        said(here.colleague, change, Said.OVERRIDDEN, "It is fine.")
    with pytest.raises(NotAllowed, match="You wrote a version of this change"):
        said(here.owner, change, Said.OVERRIDDEN, "It is fine.")
    BoardMember.objects.filter(person_id=UUID(here.members[1].person_id)).update(
        deputy_id=UUID(here.colleague.person_id)
    )
    said(here.colleague, change, Said.OVERRIDDEN, "It has had two years.")
    record = AuditRecord.objects.get(action="contract.consumer_overridden")
    assert (record.actor_label, record.reason, record.details["consumer"]) == (
        "Colleague",
        "It has had two years.",
        WAREHOUSE,
    )


def test_an_emergency_does_not_wait_for_anybodys_time_to_be_over(here: Deciding, made: Estate, finance: Access) -> None:
    warehouse(finance, made)
    subject, urgent = Subject(NAME, SLUG), Emergency(timedelta(hours=4))
    change = propose(here.owner, NAME, subject, NUMBERED, title="Now", why="Odoo is down.", emergency=urgent)
    said(here.members[0], change, Said.OVERRIDDEN, "Odoo is down.")
    assert confirmations(change)[0] == "passed"


def test_nor_does_taking_a_change_back(here: Deciding, made: Estate, finance: Access) -> None:
    warehouse(finance, made)
    change = here.proposed(**NUMBERED)
    said(finance, change, Said.CONFIRMED)
    apply(here.owner, here.agreed(change).pk)
    back = rollback(here.owner, change.pk, why="Odoo is not ready.")
    assert confirmations(back)[0] == "failed"
    said(here.members[0], back, Said.OVERRIDDEN, "It worked with that yesterday.")
    assert confirmations(back)[0] == "passed"
