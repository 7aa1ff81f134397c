"""Which consumers a change touches, so that they are asked; and why it leaves the others alone."""

from __future__ import annotations

import pytest

from controlplane.audit.models import Subject
from controlplane.contracts.consumers.answer import answer
from controlplane.contracts.consumers.declare import Uses, revise
from controlplane.contracts.consumers.escalate import escalate
from controlplane.contracts.consumers.withdraw import withdraw
from controlplane.contracts.lifecycle.subject import NAME
from controlplane.contracts.models import Confirmation, ContractVersion, Dependency, Said
from controlplane.foundation.errors import Conflict
from controlplane.governance.changes.apply import apply
from controlplane.governance.changes.propose import propose, submit
from controlplane.governance.changes.revise import revise as revise_change
from controlplane.governance.changes.rollback import rollback
from controlplane.people.access import Access
from controlplane.transactions.models import Normalisation
from tests.transactions.agreements.asking import (
    NUMBERED,
    confirmations,
    said,
    the,
    warehouse,
)
from tests.transactions.agreements.board import SLUG, Deciding, schema
from tests.transactions.factories import Estate

pytestmark = pytest.mark.django_db


def test_without_any_consumer_it_passes_and_says_on_what_evidence(here: Deciding) -> None:
    change = here.proposed(**NUMBERED)
    assert confirmations(change) == (
        "passed",
        "Nobody is asked. No consumer is declared, and nothing is set up to work by it.",
    )
    apply(here.owner, here.agreed(change).pk)


def test_who_uses_other_fields_is_not_hurt_and_that_is_said(here: Deciding, made: Estate, finance: Access) -> None:
    warehouse(finance, made, fields=["/amount_paid"])
    change = here.proposed(**NUMBERED)
    assert confirmations(change) == ("passed", "Nobody is asked. 1 consumer, not touched. 1 outside our sight.")
    (one,) = change.revision.impact["affected"]
    assert one["use"] == (
        "reads; outside our sight: what it uses cannot be seen; not touched: it uses only /amount_paid"
    )
    assert not Confirmation.objects.exists()


def test_who_only_reads_is_not_hurt_by_what_hurts_those_who_write(
    here: Deciding, made: Estate, finance: Access
) -> None:
    warehouse(finance, made)
    narrower = schema(currency={"type": "string", "minLength": 3, "maxLength": 3, "pattern": "^[A-Z]{3}$"})
    change = here.proposed(schema=narrower, breaks="So it is.")
    assert confirmations(change)[0] == "passed"
    assert "not touched: it reads, and nothing changes for those who do" in change.revision.impact["affected"][0]["use"]
    Dependency.objects.update(writes=True)
    assert confirmations(here.proposed(schema=narrower, breaks="Once more."))[0] == "failed"


def test_a_field_that_no_version_describes_is_touched_by_everything(
    here: Deciding, made: Estate, finance: Access
) -> None:
    warehouse(finance, made, fields=["/totl"])
    assert confirmations(here.proposed(**NUMBERED))[0] == "failed"


def test_what_is_not_kept_any_more_touches_those_who_read_it(here: Deciding, made: Estate, finance: Access) -> None:
    warehouse(finance, made, fields=["/currency"])
    change = here.proposed(secret=["/currency"])
    assert the(change).findings[0]["message"] == "It is not kept any more."
    assert confirmations(here.proposed(secret=["/number"]))[0] == "passed"


def test_who_stays_with_an_older_version_is_told_what_follows_from_there(
    here: Deciding, made: Estate, finance: Access
) -> None:
    warehouse(finance, made, newest=1)
    apply(here.owner, here.agreed(here.proposed(schema=schema(note={"type": "string"}))).pk)
    Dependency.objects.update(newest=1)
    change = here.proposed(schema=schema(note={"type": "string"}, memo={"type": "string"}))
    assert confirmations(change)[0] == "passed"
    Dependency.objects.update(writes=True)
    change = here.proposed(schema=schema(note={"type": "string"}, memo={"type": "string"}, x={"type": "string"}))
    assert {one["path"] for one in the(change).findings} == {"note", "memo", "x"}


def test_who_stays_with_a_version_that_nobody_can_judge_is_asked(here: Deciding, made: Estate, finance: Access) -> None:
    ContractVersion.objects.create(
        contract=made.contract, number=2, schema={"$schema": "urn:ours"}, content_hash="0" * 64, state="retired"
    )
    apply(here.owner, here.agreed(here.proposed(schema=schema(note={"type": "string"}))).pk)
    warehouse(finance, made, fields=["/amount_paid"], newest=2)
    change = here.proposed(schema=schema(note={"type": "string"}, memo={"type": "string"}))
    assert the(change).findings[0]["message"].startswith("It could not be compared. The dialect")


def test_who_works_with_what_would_hold_again_is_not_asked(here: Deciding, made: Estate, finance: Access) -> None:
    warehouse(finance, made, oldest=1, newest=1)
    change = here.proposed(**NUMBERED)
    said(finance, change, Said.CONFIRMED)
    apply(here.owner, here.agreed(change).pk)
    assert Dependency.objects.get().newest == 2, "who confirmed what was published works with it"
    back = rollback(here.owner, change.pk, why="Odoo is not ready.")
    assert confirmations(back)[0] == "passed"
    assert "it works with version 1, which says the same" in back.revision.impact["affected"][0]["use"]


def test_a_draft_asks_nobody_before_it_is_put_before_the_board(here: Deciding, made: Estate, finance: Access) -> None:
    warehouse(finance, made)
    subject = Subject(NAME, SLUG)
    change = propose(here.owner, NAME, subject, NUMBERED, title="Numbers", why="Odoo.", draft=True)
    assert confirmations(change) == ("failed", "Nobody is asked before it is put before the board.")
    assert not Confirmation.objects.exists()
    submit(here.owner, change.pk)
    assert the(change).state == "waiting"


def test_a_new_version_asks_again_and_answers_to_the_old_one_are_refused(
    here: Deciding, made: Estate, finance: Access
) -> None:
    warehouse(finance, made)
    change = here.proposed(**NUMBERED)
    first = the(change)
    said(finance, change, Said.CONFIRMED)
    assert confirmations(change)[0] == "passed"
    revise_change(here.owner, change.pk, {**NUMBERED, "breaks": "Odoo numbers customers."}, after=1)
    assert confirmations(change)[0] == "failed"
    with pytest.raises(Conflict, match=f"Another version of {change.reference} arrived"):
        answer(finance, first.pk, Said.REFUSED, "No.", content_hash=first.revision.content_hash)
    with pytest.raises(Conflict, match="Another version"):
        answer(finance, the(change).pk, Said.CONFIRMED, content_hash=first.revision.content_hash)


def test_whoever_is_declared_later_is_asked_as_well(here: Deciding, made: Estate, finance: Access) -> None:
    change = here.agreed(here.proposed(**NUMBERED))
    warehouse(finance, made)
    assert confirmations(change)[0] == "failed"
    with pytest.raises(Conflict, match="Its consumers have confirmed"):
        apply(here.owner, change.pk)


def test_what_is_set_up_later_is_asked_within_the_hour(here: Deciding, made: Estate) -> None:
    change = here.proposed(**NUMBERED)
    Normalisation.objects.update(contract_version=made.contract_version)
    assert escalate() == 0
    assert the(change, made.integration.name).state == "waiting"
    assert confirmations(change)[0] == "failed"


def test_who_is_not_touched_any_more_does_not_stand_in_the_way(here: Deciding, made: Estate, finance: Access) -> None:
    declared = warehouse(finance, made)
    change = here.proposed(**NUMBERED)
    revise(finance, declared.pk, Uses(fields=["/amount_paid"]))
    assert (the(change).state, the(change).released_why) == ("released", "it uses only /amount_paid")
    assert confirmations(change)[0] == "passed"
    with pytest.raises(Conflict, match="is not concerned any more: it uses only /amount_paid"):
        said(finance, change, Said.CONFIRMED)
    revise(finance, declared.pk, Uses())
    assert the(change).state == "waiting"
    said(finance, change, Said.REFUSED, "We have no numbers.")
    revise(finance, declared.pk, Uses(fields=["/amount_paid"]))
    revise(finance, declared.pk, Uses())
    assert the(change).state == "refused", "what it said last about this version stands"
    withdraw(finance, declared.pk, "The warehouse is gone.")
    assert (the(change).state, the(change).released_why) == ("released", "it is no consumer any more")
