"""Changing the inventory: who may, what stays of it, and what happens when two do it at once."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.utils import DatabaseError

from controlplane.audit.models import Actor, AuditRecord, Via
from controlplane.foundation.errors import Conflict, Invalid, NotAllowed, NotFound
from controlplane.inventory.changing import Changed, Stale, change, take_away
from controlplane.inventory.models import (
    FailureMode,
    FieldChange,
    Integration,
    Interface,
    Process,
    ProcessStep,
    System,
    SystemStage,
)
from controlplane.inventory.wording import with_record, words_of
from controlplane.people.access import Access, access_for
from controlplane.people.roles import Role
from tests.transactions.factories import Estate, an_account, estate

pytestmark = pytest.mark.django_db
ARCHITECT = Actor(label="architect")
SLOW = {"slow": {"name": "The ledger is slow", "sign": "Orders wait.", "workaround": "Post by hand."}}


@pytest.fixture
def made() -> Estate:
    return estate()


@pytest.fixture
def mara(made: Estate) -> Access:
    return access_for(an_account("Mara Lindqvist", Role.OWNER, made.team))


def history(row: object) -> list[tuple[str, object, object, str, str]]:
    """What is kept of the changes of everything, oldest first."""
    del row
    kept = FieldChange.objects.order_by("pk")
    return [(one.field, one.before, one.after, one.by_label, one.reason) for one in kept]


def test_each_field_that_became_another_says_who_and_why_in_the_words_of_a_document(made: Estate, mara: Access) -> None:
    ana = an_account("Ana Costa", Role.OWNER, made.team)
    values = {"owner": ana.person, "purpose": "Invoices are in the books.", "name": made.integration.name}

    changes = change(made.integration, values, by=mara, reason="  Ana takes  over. ")

    email = ana.email
    assert changes == [Changed("owner", None, email), Changed("purpose", "", "Invoices are in the books.")]
    assert history(made.integration) == [
        ("owner", None, email, "Mara Lindqvist", "Ana takes over."),
        ("purpose", "", "Invoices are in the books.", "Mara Lindqvist", "Ana takes over."),
    ]
    kept = FieldChange.objects.first()
    assert kept is not None
    assert (kept.kind, kept.object_id, str(kept.by_id)) == ("integration", made.integration.pk, mara.person_id)
    record = AuditRecord.objects.latest("id")
    assert (record.action, record.subject_id, record.via) == ("integration.changed", str(made.integration.pk), Via.PAGE)
    assert (record.reason, record.details) == ("Ana takes over.", {"fields": "owner, purpose"})
    assert made.integration.owner_id == ana.person_id
    assert Integration.objects.get(pk=made.integration.pk).purpose == "Invoices are in the books."


def test_what_is_as_it_was_leaves_nothing(made: Estate, mara: Access) -> None:
    before = AuditRecord.objects.count()
    assert change(made.integration, {"name": made.integration.name}, by=mara, reason="Nothing.") == []
    assert (FieldChange.objects.count(), AuditRecord.objects.count()) == (0, before)


def test_who_may_not_configure_in_the_team_changes_nothing(made: Estate) -> None:
    elif_kaya = access_for(an_account("Elif Kaya", Role.SUPPORT, made.team))
    with pytest.raises(NotAllowed, match="configure integrations"):
        change(made.integration, {"purpose": "Mine"}, by=elif_kaya, reason="I want to.")
    assert Integration.objects.get(pk=made.integration.pk).purpose == ""


def test_what_belongs_to_no_team_is_changed_by_those_who_may_everywhere(made: Estate, mara: Access) -> None:
    system = made.erp.system
    with pytest.raises(NotAllowed):
        change(system, {"stage": SystemStage.RETIRING}, by=mara, reason="Odoo comes.")
    oskar = access_for(an_account("Oskar Lind", Role.OPERATOR))
    change(system, {"stage": SystemStage.RETIRING}, by=oskar, reason="Odoo comes.")
    change(system, {"team": made.team}, by=oskar, reason="Finance knows it.")
    change(made.interface, {"purpose": "x"}, by=oskar, reason="It was empty.")
    assert [one[:3] for one in history(system)] == [
        ("stage", "live", "retiring"),
        ("team", None, made.team.slug),
        ("purpose", "", "x"),
    ]
    change(system, {"purpose": "The ledger."}, by=mara, reason="It is ours now.")


def test_a_reason_is_needed(made: Estate, mara: Access) -> None:
    with pytest.raises(Invalid, match="Say why") as caught:
        change(made.integration, {"purpose": "x"}, by=mara, reason="  ")
    assert caught.value.field == "reason"


def test_a_form_from_an_older_state_is_refused_and_shows_both(made: Estate, mara: Access) -> None:
    seen = {name: words_of(made.integration, name) for name in ("purpose", "runbook")}
    change(made.integration, {"purpose": "Theirs"}, by=ARCHITECT, reason="First.")

    with pytest.raises(Stale) as caught:
        change(made.integration, {"purpose": "Mine", "runbook": ""}, by=mara, reason="Second.", seen=seen)

    assert caught.value.since == (Changed("purpose", "", "Theirs"),)
    assert caught.value.extra == {"changes": [{"field": "purpose", "seen": "", "now": "Theirs"}]}
    assert "purpose" in caught.value.detail
    assert Integration.objects.get(pk=made.integration.pk).purpose == "Theirs"


def test_what_somebody_else_changed_in_another_field_does_not_stand_in_the_way(made: Estate, mara: Access) -> None:
    seen = {name: words_of(made.integration, name) for name in ("purpose", "runbook")}
    change(made.integration, {"runbook": "https://wiki.example/a"}, by=ARCHITECT, reason="First.")
    change(made.integration, {"purpose": "Mine"}, by=mara, reason="Second.", seen=seen)
    assert Integration.objects.get(pk=made.integration.pk).runbook == "https://wiki.example/a"


@pytest.mark.parametrize(
    ("values", "field", "words"),
    [
        ({"runbook": "no address"}, "runbook", "Enter a valid URL."),
        ({"criticality": "utter"}, "criticality", "Value 'utter' is not a valid choice."),
        ({"name": ""}, "name", "This field cannot be blank."),
    ],
)
def test_what_a_field_cannot_be_is_said_with_its_name(
    made: Estate, mara: Access, values: dict[str, str], field: str, words: str
) -> None:
    with pytest.raises(Invalid) as caught:
        change(made.integration, values, by=mara, reason="A try.")
    assert (caught.value.field, caught.value.detail) == (field, words)


def test_the_deputy_is_somebody_else(made: Estate, mara: Access) -> None:
    ana = an_account("Ana Costa", Role.OWNER, made.team).person
    with pytest.raises(Invalid) as caught:
        change(made.integration, {"owner": ana, "deputy": ana}, by=mara, reason="Ana.")
    assert caught.value.field == "deputy"


def test_targets_steps_and_failures_have_a_history_too(made: Estate, mara: Access) -> None:
    process = made.integration.process
    assert process is not None
    change(process, {"steps": [{"slug": "bill", "name": "Bill"}]}, by=ARCHITECT, reason="It has one.")
    step = ProcessStep.objects.get()
    change(
        made.integration,
        {"targets": [made.interface], "steps": [step], "failure_modes": SLOW},
        by=mara,
        reason="Said.",
    )
    assert [(one[0], one[1], one[2]) for one in history(None)] == [
        ("steps", [], [{"slug": "bill", "name": "Bill"}]),
        ("targets", [], [made.interface.slug]),
        ("steps", [], ["bill"]),
        ("failure_modes", {}, SLOW),
    ]
    whole = with_record(Integration.objects.filter(pk=made.integration.pk)).get()
    assert words_of(whole, "failure_modes") == SLOW
    assert words_of(whole, "steps") == ["bill"]


def test_a_failure_keeps_its_row_while_its_slug_is_there(made: Estate, mara: Access) -> None:
    change(made.integration, {"failure_modes": SLOW}, by=mara, reason="Said.")
    mode = FailureMode.objects.get()
    changed = {"slow": {"name": "The ledger is slow"}, "gone": {"name": "The ledger is gone"}}
    change(made.integration, {"failure_modes": changed}, by=mara, reason="Better.")
    assert FailureMode.objects.get(slug="slow").pk == mode.pk
    assert FailureMode.objects.get(slug="slow").workaround == ""
    change(made.integration, {"failure_modes": {}}, by=mara, reason="Mended.")
    assert FailureMode.objects.count() == 0


def test_steps_change_their_order_and_one_that_is_carried_stays(made: Estate, mara: Access) -> None:
    process = Process.objects.get()
    one, two = {"slug": "quote", "name": "Quote"}, {"slug": "order", "name": "Order"}
    change(process, {"steps": [one, two]}, by=ARCHITECT, reason="Two.")
    change(process, {"steps": [two, one]}, by=ARCHITECT, reason="Turned.")
    assert list(ProcessStep.objects.order_by("number").values_list("slug", flat=True)) == ["order", "quote"]
    change(made.integration, {"steps": [ProcessStep.objects.get(slug="quote")]}, by=mara, reason="It carries it.")
    with pytest.raises(Conflict, match="'quote' cannot go: 'billing-invoices' carries that step"):
        change(process, {"steps": [two]}, by=ARCHITECT, reason="One less.")


def test_an_integration_carries_steps_of_its_process_only(made: Estate, mara: Access) -> None:
    other = Process.objects.create(slug="other", name="Other")
    step = ProcessStep.objects.create(process=other, number=1, slug="elsewhere", name="Elsewhere")
    with pytest.raises(Invalid, match="'elsewhere' is no step of 'order-to-cash'") as caught:
        change(made.integration, {"steps": [step]}, by=mara, reason="A try.")
    assert caught.value.field == "steps"


def test_a_new_thing_begins_its_history_with_what_it_was_made_as() -> None:
    system = System(slug="erp-two", name="ERP two", connector="webhook", monogram="E2")
    change(system, {"purpose": "Books.", "vendor": ""}, by=ARCHITECT, reason="We bought it.")
    assert history(system) == [("", None, {"purpose": "Books."}, "architect", "We bought it.")]
    assert AuditRecord.objects.latest("id").action == "system.made"


def test_what_is_taken_away_leaves_its_history(made: Estate, mara: Access) -> None:
    spare = Interface.objects.create(slug="spare", instance=made.source, kind="rest", name="Spare")
    oskar = access_for(an_account("Oskar Lind", Role.OPERATOR))
    key = spare.pk
    take_away(spare, by=oskar, reason="Nobody speaks through it.", of=made.source)
    kept = FieldChange.objects.get()
    assert (kept.kind, kept.object_id, kept.field, kept.after) == ("interface", key, "", None)
    assert kept.before is not None
    assert kept.before["slug"] == "spare"
    with pytest.raises(NotFound):
        change(Interface(pk=key, slug="spare"), {"purpose": "x"}, by=ARCHITECT, reason="Too late.")


@pytest.mark.parametrize(
    "statement", ["update inventory_fieldchange set reason = 'x'", "delete from inventory_fieldchange"]
)
def test_histories_are_never_rewritten(made: Estate, statement: str) -> None:
    change(made.integration, {"purpose": "x"}, by=ARCHITECT, reason="Once.")
    with pytest.raises((IntegrityError, DatabaseError), match="only added to"), transaction.atomic():
        connection.cursor().execute(statement)
