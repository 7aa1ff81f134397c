"""A version of a contract is proposed, judged, decided, published, judges what comes in, and is taken back."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.core.management import call_command

from controlplane.audit.models import AuditRecord, Subject
from controlplane.console.contracts.selectors import uses_of
from controlplane.contracts.lifecycle.content import digest
from controlplane.contracts.lifecycle.subject import NAME
from controlplane.contracts.models import Contract, ContractVersion
from controlplane.foundation.errors import Conflict, Invalid, NotAllowed, NotFound
from controlplane.governance.changes.apply import apply
from controlplane.governance.changes.check import run_checks
from controlplane.governance.changes.propose import propose
from controlplane.governance.changes.rollback import rollback
from controlplane.governance.changes.vote import vote
from controlplane.governance.models import CheckState, Choice
from controlplane.people.roles import Role
from controlplane.transactions.pipeline.catalogue import catalogue
from controlplane.transactions.rules.states import TransactionState
from tests.transactions import carrying
from tests.transactions.agreements.board import SLUG, Deciding, check, deciding, newest, schema
from tests.transactions.conftest import Story, paid
from tests.transactions.factories import an_access

pytestmark = pytest.mark.django_db(transaction=True)

STRICT: dict[str, Any] = {"type": "string", "pattern": "^[A-Z]{3}$"}
TOLD = {"type": ["string", "null"]}


@pytest.fixture
def story(tell_story: Callable[..., Story]) -> Story:
    """Paid invoices go to the ledger."""
    return tell_story()


@pytest.fixture
def here(story: Story) -> Deciding:
    """A board decides on the contract."""
    return deciding(story.estate.team)


def arrived(story: Story, *documents: Any) -> list[TransactionState]:
    """How these end, judged by what holds now."""
    catalogue.forget()
    answers = story.send(*documents)
    carrying.carry()
    return [TransactionState(carrying.the(answer.id).state) for answer in answers]


def test_the_board_reads_what_the_rules_say(here: Deciding) -> None:
    change = here.proposed(schema=schema(currency=STRICT, note={"type": "string"}))

    assert [(one["level"], one["what"], one["after"]) for one in change.revision.diff] == [
        ("breaking", "currency", "It is without a limit; it was at least 3 characters."),
        ("breaking", "currency", "It is without a limit; it was at most 3 characters."),
        ("breaking", "currency", 'It must match "^[A-Z]{3}$".'),
        ("risky", "note", "New, and may be left out; anything could stand under this name."),
    ]


def test_what_breaks_a_promise_is_refused_until_it_is_said_on_purpose(here: Deciding) -> None:
    strict = schema(currency={"type": "string", "minLength": 3, "maxLength": 3, "pattern": "^[A-Z]{3}$"})
    change = here.agreed(here.proposed(schema=strict))

    state, required, detail = check(change, "compatibility")
    assert (state, required) == (CheckState.FAILED, True)
    assert detail == ("It breaks currency (pattern-added, v1). Mend it, or say in breaks why it has to be so.")
    with pytest.raises(Conflict, match="Nobody who was promised otherwise is broken"):
        apply(here.owner, change.pk)
    assert newest().number == 1


def test_what_breaks_on_purpose_stays_red_and_does_not_stand_in_the_way(here: Deciding, story: Story) -> None:
    arrived(story, paid(1))
    change = here.proposed(schema=schema(customer={"type": "integer"}), breaks="Odoo numbers them.")
    state, required, detail = check(change, "compatibility")
    assert (state, required) == (CheckState.FAILED, False)
    assert detail == "It breaks customer (type-changed, v1). On purpose: Odoo numbers them."
    state, required, detail = check(change, "payloads")
    assert (state, required) == (CheckState.FAILED, False)
    assert detail.startswith("1 of the last 1 would be refused, among them ")
    apply(here.owner, here.agreed(change).pk)
    assert newest().number == 2


def test_what_keeps_the_promise_needs_no_reason(here: Deciding) -> None:
    Contract.objects.filter(slug=SLUG).update(compatibility="backward")
    change = here.proposed(schema=schema(amount_paid={"type": ["integer", "null"]}))
    assert check(change, "compatibility") == (
        CheckState.PASSED,
        True,
        "Backward: who writes may stay with the last version: kept.",
    )


def test_a_promise_to_readers_is_another_one(here: Deciding) -> None:
    Contract.objects.filter(slug=SLUG).update(compatibility="forward")
    change = here.proposed(schema=schema(amount_paid={"type": ["integer", "null"]}))
    state, _, detail = check(change, "compatibility")
    assert (state, "amount_paid (null-allowed, v1)" in detail) == (CheckState.FAILED, True)


def test_nobody_is_promised_anything(here: Deciding) -> None:
    Contract.objects.filter(slug=SLUG).update(compatibility="none")
    assert check(here.proposed(schema={"type": "array"}), "compatibility")[0] == CheckState.PASSED


def test_a_promise_about_every_version_looks_at_every_version(here: Deciding) -> None:
    Contract.objects.filter(slug=SLUG).update(compatibility="backward-transitive")
    first = here.proposed(schema=schema(state={"enum": ["open", "paid"]}), breaks="Nobody sends it yet.")
    apply(here.owner, here.agreed(first).pk)
    second = here.proposed(schema=schema(state={"enum": ["open", "paid", "void"]}))
    assert check(second, "compatibility")[0] == CheckState.PASSED
    third = here.proposed(schema=schema(state={"enum": ["open", "paid"]}, customer={"type": "integer"}))
    _, _, detail = check(third, "compatibility")
    assert detail.startswith("It breaks customer (type-changed, v2, v1).")


def test_what_came_in_is_tried_on_it(here: Deciding, story: Story) -> None:
    assert arrived(story, paid(1), paid(2, currency="EUR")) == [TransactionState.SUCCEEDED] * 2
    change = here.proposed(schema=schema(currency=STRICT))

    state, required, detail = check(change, "payloads")
    assert (state, required) == (CheckState.FAILED, True)
    assert detail.startswith("1 of the last 2 would be refused, among them ")


def test_without_anything_that_came_in_nothing_is_green(here: Deciding) -> None:
    change = here.proposed(schema=schema(note={"type": "string"}))
    assert check(change, "payloads") == (
        CheckState.FAILED,
        False,
        "None has come in lately: nothing shows what would become of them.",
    )


def test_its_examples_have_to_fit(here: Deciding) -> None:
    example = {"name": "a small one", "value": {"id": "in_1", "customer": "cus_1", "currency": "eur"}}
    change = here.proposed(schema=schema(), examples=[example])
    assert check(change, "examples") == (
        CheckState.FAILED,
        True,
        "The example 'a small one' does not fit: \"amount_paid\" is a required property",
    )


def test_who_consumes_it_is_read_with_its_traffic(here: Deciding, story: Story) -> None:
    impact = here.proposed(schema=schema(currency=STRICT)).revision.impact
    (one,) = impact["affected"]
    assert impact["sentence"] == (
        "1 consumer, touched. 0 transactions a day go through those within our sight, of 0 customers in 30 days."
    )
    assert (one["name"], one["owner"]) == (story.estate.integration.name, story.estate.team.name)
    assert one["use"] == (
        "reads; not declared; carries it on, reads it, takes it in; nothing seen in 30 days; touched by currency"
    )


def test_published_it_judges_what_comes_in_and_taken_back_it_does_not(here: Deciding, story: Story) -> None:
    assert arrived(story, paid(1, currency="eur")) == [TransactionState.SUCCEEDED]
    change = here.agreed(here.proposed(schema=schema(currency=STRICT), breaks="Odoo refuses the others anyway."))
    apply(here.owner, change.pk)

    version = newest()
    assert (version.number, version.state, version.change_id) == (2, "published", change.pk)
    assert version.content_hash == digest({**change.revision.content})
    assert str(version.author_id) == here.owner.person_id
    assert arrived(story, paid(2, currency="eur"), paid(3, currency="EUR")) == [
        TransactionState.QUARANTINED,
        TransactionState.SUCCEEDED,
    ]
    record = AuditRecord.objects.filter(action="contract.published").get()
    assert (record.details["version"], record.details["change"]) == (2, change.pk)

    undone = rollback(here.owner, change.pk, why="Senders are not ready.")
    run_checks(undone.revision)
    here.agreed(undone)
    apply(here.owner, undone.pk)
    assert (newest().number, newest().schema) == (3, version.contract.versions.get(number=1).schema)
    assert arrived(story, paid(4, currency="eur")) == [TransactionState.SUCCEEDED]


def test_two_approved_at_once_the_second_is_of_yesterday(here: Deciding) -> None:
    one = here.agreed(here.proposed(schema=schema(note={"type": "string"})))
    other = here.agreed(here.proposed(schema=schema(memo={"type": "string"})))
    apply(here.owner, one.pk)
    with pytest.raises(Conflict, match="Its subject has changed since version 1 was written"):
        apply(here.owner, other.pk)
    assert newest().number == 2


def test_the_proposer_does_not_decide(here: Deciding) -> None:
    change = here.proposed(schema=schema(note={"type": "string"}))
    now = change.revision
    with pytest.raises((NotAllowed, Conflict)):
        vote(here.owner, change.pk, Choice.APPROVE, "", revision=now.number, content_hash=now.content_hash)


def test_who_may_not_configure_proposes_nothing(here: Deciding, story: Story) -> None:
    support = an_access(Role.SUPPORT, story.estate.team, name="Support")
    with pytest.raises(NotAllowed):
        propose(support, NAME, Subject(NAME, SLUG), {"schema": schema()}, title="x", why="y")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ({}, "That is what version 1 says already"),
        ({"schema": {"type": "strin"}}, "This is no JSON Schema"),
        ({"schema": []}, "The schema of a contract is an object"),
        ({"schema": True}, "The schema of a contract is an object"),
        ({"keys": [{"kind": {}, "value": "record.id"}]}, "There is no entity {}"),
        ({"keys": [{"kind": "customer", "value": 5}]}, "an expression is text"),
        ({"links": [{"kind": [], "key": "record.id"}]}, "There is no entity"),
        ({"links": [{"kind": "customer", "key": "record.id", "issuer": {"a": 1}}]}, "There is no instance"),
        ({"enforcement": ["observe"]}, "enforcement is one of"),
        ({"schema": {"$schema": "https://example.com/mine"}}, "The dialect 'https://example.com/mine' is not known"),
        ({"schema": {"description": "x" * 4_000_001}}, "4,194,304|4 MB|larger"),
        ({"schema": {}, "colour": "red"}, "A version has no 'colour'"),
        ({"keys": [{"kind": "planet", "value": "record.id"}]}, "There is no entity 'planet'"),
        ({"keys": [{"kind": "customer", "value": "record."}]}, "keys, row 1: "),
        ({"keys": {"customer": "record.id"}}, "keys is a list of objects"),
        ({"links": [{"kind": "customer", "key": "record.id", "target": "nowhere"}]}, "There is no instance 'nowhere'"),
        ({"links": [{"kind": "customer", "key": "record.id", "value": "record.x"}]}, "or neither"),
        ({"personal": ["email"]}, "personal is a list of JSON Pointers"),
        ({"secret": "/iban"}, "secret is a list of JSON Pointers"),
        ({"examples": [{"name": "x"}]}, "An example has a name, and a value that is a record"),
        ({"examples": [{"name": "x", "value": {}}] * 51}, "51 examples; 50 at most"),
        ({"enforcement": "perhaps"}, "enforcement is one of quarantine, observe"),
        ({"breaks": 5}, "breaks is text"),
    ],
    ids=lambda one: one if isinstance(one, str) else None,
)
def test_what_cannot_be_a_version_is_refused_and_says_why(here: Deciding, content: Any, words: str) -> None:
    with pytest.raises(Invalid, match=words):
        here.proposed(**content)
    assert ContractVersion.objects.count() == 1


def test_there_is_no_such_contract(here: Deciding) -> None:
    with pytest.raises(NotFound, match="There is no contract 'nothing'"):
        propose(here.owner, NAME, Subject(NAME, "nothing"), {"schema": {}}, title="x", why="y")


def test_what_a_board_published_is_exported_and_applying_that_changes_nothing(here: Deciding, tmp_path: Path) -> None:
    """The hash of a decision and that of a document are of the same words."""
    example = {"name": "a small one", "value": {"id": "in_1", "customer": "c", "currency": "eur", "amount_paid": 1}}
    change = here.proposed(schema=schema(note={"type": "string"}), examples=[example])
    apply(here.owner, here.agreed(change).pk)
    out = StringIO()
    call_command("estate", "export", stdout=out, stderr=StringIO())
    document: dict[str, Any] = yaml.safe_load(out.getvalue())
    for credential in document["credentials"].values():
        credential["references"] = {"signing": "env://LEDGER_SIGNING"}
    assert document["contracts"][SLUG]["examples"] == [example]
    assert applied(tmp_path, document) == ""
    assert (newest().number, ContractVersion.objects.filter(contract__slug=SLUG).count()) == (2, 2)


def test_the_page_and_the_impact_name_the_same_integrations(here: Deciding) -> None:
    change = here.proposed(schema=schema(note={"type": "string"}))
    named = {one["name"] for one in change.revision.impact["affected"]}
    assert {one.name for one in uses_of(newest().contract).integrations} == named


def test_a_document_does_not_publish_what_a_board_decides(here: Deciding, tmp_path: Path) -> None:
    out = StringIO()
    call_command("estate", "export", stdout=out, stderr=StringIO())
    document: dict[str, Any] = yaml.safe_load(out.getvalue())
    for credential in document["credentials"].values():
        credential["references"] = {"signing": "env://LEDGER_SIGNING"}
    document["contracts"][SLUG]["name"] = "Paid invoices"
    document["contracts"]["another"] = {"team": document["contracts"][SLUG]["team"], "schema": {"type": "object"}}
    assert applied(tmp_path, document) == ""
    assert Contract.objects.get(slug=SLUG).name == "Paid invoices"
    assert ContractVersion.objects.filter(contract__slug="another").count() == 1

    document["contracts"][SLUG]["schema"] = schema(note={"type": "string"})
    said = applied(tmp_path, document)
    assert f"contracts.{SLUG}.schema: the board 'Contract board' decides this (contract), so no document does." in said
    assert f"Propose it: /data/contracts/{SLUG}/propose/" in said
    assert newest().number == 1


def applied(folder: Path, document: dict[str, Any]) -> str:
    """What the command complains of."""
    file, out, errors = folder / "company.yaml", StringIO(), StringIO()
    file.write_text(yaml.safe_dump(document))
    try:
        with suppress(SystemExit):
            call_command("estate", "apply", str(file), stdout=out, stderr=errors)
    except Exception as error:  # noqa: BLE001 - a command says what is wrong by raising it
        return f"{errors.getvalue()}{error}"
    return errors.getvalue()
