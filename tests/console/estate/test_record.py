"""The whole record in an estate document: what is said arrives, comes back, is judged, and leaves its history."""

from __future__ import annotations

import copy
import io
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.core.management import CommandError, call_command

from controlplane.audit.models import AuditRecord
from controlplane.inventory.models import FailureMode, FieldChange, Integration, Process, ProcessStep, System
from controlplane.people.models import Account
from controlplane.people.roles import Role
from tests.console.estate.conftest import ApplyIt, Document, changed, complaint, small
from tests.console.estate.test_export import export
from tests.transactions.factories import an_account

pytestmark = pytest.mark.django_db

FAILURES = {
    "billing-slow": {"name": "Billing is slow", "sign": "Invoices wait.", "workaround": "Post the largest by hand."},
    "twice": {"sign": "Two invoices for one order."},
}
RECORD: dict[str, Any] = {
    "owner": "mara@example.com",
    "deputy": "ana@example.com",
    "process": "order-to-cash",
    "steps": ["bill", "collect"],
    "targets": ["ledger"],
    "pattern": "events",
    "layer": "process",
    "sync_mode": "real-time",
    "real_time_need": "Whoever ships waits.",
    "classification": "confidential",
    "residency": "EU",
    "latency_seconds": 30.0,
    "retention_days": 90,
    "recovery_point_minutes": 0,
    "recovery_time_minutes": 60,
    "daily_volume": 1200,
    "runbook": "https://wiki.example/invoices",
    "family": "invoices",
    "failure_modes": FAILURES,
}
NO_SLUG = "Enter a valid “slug” consisting of letters, numbers, underscores or hyphens."
STEPS = [{"slug": "order"}, {"slug": "bill", "name": "Bill it"}, {"slug": "collect"}]


def whole(**fields: Any) -> Document:
    """A document that says everything of one integration, its process, its systems and their doors."""
    document = small()
    document["systems"]["listener"] |= {
        "purpose": "Hears of things.",
        "vendor": "Halden",
        "domain": "finance",
        "team": "finance",
        "owner": "mara@example.com",
        "stage": "retiring",
    }
    ledger = {
        "instance": "listener",
        "purpose": "Takes invoices.",
        "version": "3",
        "documentation": "https://l.example/",
    }
    document["interfaces"]["ledger"] = ledger
    document["processes"] = {"order-to-cash": {"team": "finance", "owner": "ana@example.com", "steps": STEPS}}
    document["integrations"]["invoices"] |= copy.deepcopy(RECORD) | fields
    return document


@pytest.fixture(autouse=True)
def people(db: None) -> list[Account]:
    """Who is named."""
    made = [an_account(name, Role.BOARD) for name in ("Mara Lindqvist", "Ana Costa")]
    for account, email in zip(made, ("mara@example.com", "ana@example.com"), strict=True):
        Account.objects.filter(pk=account.pk).update(email=email)
    return made


def test_everything_that_is_said_arrives(apply_it: ApplyIt) -> None:
    apply_it(whole())

    one = Integration.objects.get()
    assert one.owner is not None
    assert one.deputy is not None
    assert (one.owner.name, one.deputy.name) == ("Mara Lindqvist", "Ana Costa")
    assert list(one.steps.values_list("slug", "number", "name")) == [("bill", 2, "Bill it"), ("collect", 3, "Collect")]
    assert list(one.targets.values_list("slug", flat=True)) == ["ledger"]
    assert (one.pattern, one.layer, one.sync_mode, one.classification) == (
        "events",
        "process",
        "real-time",
        "confidential",
    )
    assert (one.latency_seconds, one.retention_days, one.recovery_point_minutes) == (30.0, 90, 0)
    modes = FailureMode.objects.order_by("slug").values_list("name", "sign", "workaround")
    assert list(modes) == [
        ("Billing is slow", "Invoices wait.", "Post the largest by hand."),
        ("Twice", "Two invoices for one order.", ""),
    ]
    system = System.objects.get(slug="listener")
    assert (system.vendor, system.domain, system.stage) == ("Halden", "finance", "retiring")


def test_what_is_exported_is_what_was_said_and_an_empty_plan(apply_it: ApplyIt, tmp_path: Path) -> None:
    apply_it(whole())

    text, said = export()

    assert said == []
    found = yaml.safe_load(text)
    assert found["integrations"]["invoices"] == whole()["integrations"]["invoices"]
    assert found["processes"] == whole()["processes"]
    assert found["systems"]["listener"] == whole()["systems"]["listener"]
    assert found["interfaces"]["ledger"] == whole()["interfaces"]["ledger"] | {}
    assert apply_it(found).changed == apply_it(whole()).changed == []


def test_what_is_left_out_is_empty_again(apply_it: ApplyIt) -> None:
    apply_it(whole())
    document = whole()
    document["integrations"]["invoices"] = {"team": "finance", "source": "webhooks"}
    document["processes"]["order-to-cash"] = {}

    assert apply_it(document).changed == ["processes.order-to-cash", "integrations.invoices"]

    one = Integration.objects.get()
    assert (one.owner, one.steps.count(), one.targets.count(), one.failure_modes.count()) == (None, 0, 0, 0)
    assert ProcessStep.objects.count() == 0
    assert apply_it(document).changed == []


def test_each_changed_field_stands_in_the_history_with_who_and_why(apply_it: ApplyIt) -> None:
    apply_it(whole())
    made = FieldChange.objects.get(kind="integration")
    assert (made.field, made.before, made.by_label) == ("", None, "operator")
    assert made.after is not None
    assert made.after["owner"] == "mara@example.com"
    changes = {"owner": "ana@example.com", "deputy": "mara@example.com", "steps": ["order"], "failure_modes": {}}

    applied = apply_it(whole(**changes), reason="They change places.")

    kept = FieldChange.objects.filter(kind="integration").exclude(pk=made.pk).order_by("field")
    assert [(one.field, one.before, one.after, one.reason) for one in kept] == [
        ("deputy", "ana@example.com", "mara@example.com", "They change places."),
        ("failure_modes", FAILURES | {"twice": FAILURES["twice"] | {"name": "Twice"}}, {}, "They change places."),
        ("owner", "mara@example.com", "ana@example.com", "They change places."),
        ("steps", ["bill", "collect"], ["order"], "They change places."),
    ]
    assert applied.changed == ["integrations.invoices"]
    assert AuditRecord.objects.latest("id").reason == "They change places."


def test_a_plan_tells_the_same_and_writes_nothing(apply_it: ApplyIt, tmp_path: Path) -> None:
    apply_it(whole())
    file = tmp_path / "company.yaml"
    file.write_text(yaml.safe_dump(whole(owner="ana@example.com", deputy="", targets=["ledger", "webhooks"])))
    before, out = FieldChange.objects.count(), io.StringIO()

    with pytest.raises(SystemExit):
        call_command("estate", "plan", str(file), stdout=out)

    assert out.getvalue().splitlines() == [
        "~ integrations.invoices",
        '    owner: "mara@example.com" -> "ana@example.com"',
        '    deputy: "ana@example.com" -> nothing',
        '    targets: ["ledger"] -> ["ledger", "webhooks"]',
        "0 to create, 1 to change, 16 as they are",
    ]
    assert FieldChange.objects.count() == before


def test_steps_and_targets_in_another_order_are_the_same(apply_it: ApplyIt) -> None:
    apply_it(whole(targets=["webhooks", "ledger"]))
    assert apply_it(whole(targets=["ledger", "webhooks"], steps=["collect", "bill"])).changed == []


def test_the_steps_of_a_process_change_their_order(apply_it: ApplyIt) -> None:
    apply_it(whole())
    document = changed(whole(), "processes.order-to-cash.steps", [STEPS[1], STEPS[2], STEPS[0]])
    assert apply_it(document).changed == ["processes.order-to-cash"]
    assert list(ProcessStep.objects.values_list("slug", "number")) == [("bill", 1), ("collect", 2), ("order", 3)]


def test_a_step_that_somebody_carries_cannot_go(apply_it: ApplyIt) -> None:
    apply_it(whole())
    document = {"processes": {"order-to-cash": whole()["processes"]["order-to-cash"] | {"steps": STEPS[:2]}}}
    assert complaint(apply_it, document | {"teams": {"finance": {}}}) == (
        "processes.order-to-cash.steps: 'collect' cannot go: 'invoices' carries that step."
    )
    both = changed(whole(steps=["bill"]), "processes.order-to-cash.steps", STEPS[:2])
    assert apply_it(both).changed == ["processes.order-to-cash", "integrations.invoices"]
    assert Process.objects.get().steps.count() == 2


@pytest.mark.parametrize(
    ("where", "value", "words"),
    [
        (
            "owner",
            "marta@example.com",
            "owner: there is no account 'marta@example.com'; did you mean 'mara@example.com'?",
        ),
        ("owner", "nobody", "owner: there is no account 'nobody'; manage.py person list shows all."),
        ("deputy", "mara@example.com", "deputy: The deputy is the owner; name somebody else, or nobody."),
        ("targets", ["ledgr"], "targets: there is no 'ledgr'; did you mean 'ledger'?"),
        ("targets", ["ledger", "ledger"], "targets: 'ledger' stands here twice."),
        ("targets", [7], "targets: expected text, found a whole number."),
        ("steps", ["collct"], "steps: there is no 'collct'; did you mean 'collect'?"),
        ("process", "", "steps: it belongs to no process; name its process."),
        ("pattern", "event", "pattern: there is no 'event'; did you mean 'events'?"),
        ("latency_seconds", 0, "latency_seconds: expected more than zero."),
        ("retention_days", -1, "retention_days: expected zero or more."),
        ("runbook", "wiki", "runbook: Enter a valid URL."),
        (
            "family",
            "not a word",
            "family: Enter a valid “slug” consisting of letters, numbers, underscores or hyphens.",
        ),
        (
            "failure_modes",
            {"x": {"sing": "y"}},
            "failure_modes.x: there is no field 'sing'; did you mean 'sign'?",
        ),
        (
            "failure_modes",
            {"a b": {}},
            f"failure_modes.a b.slug: {NO_SLUG}",
        ),
    ],
)
def test_what_cannot_be_so_is_told_with_where_it_stands(apply_it: ApplyIt, where: str, value: Any, words: str) -> None:
    assert complaint(apply_it, whole(**{where: value})) == f"integrations.invoices.{words}"


@pytest.mark.parametrize(
    ("steps", "words"),
    [
        ([{"slug": "bill"}, {"slug": "bill"}], "steps.2.slug: there is a step 'bill' before it."),
        ([{"name": "Bill"}], "steps.1 needs 'slug'."),
        ([{"slug": "bill", "after": "x"}], "steps.1: there is no field 'after'; there are: name, slug."),
    ],
)
def test_wrong_steps_of_a_process_are_told(apply_it: ApplyIt, steps: list[Any], words: str) -> None:
    document = small() | {"processes": {"sell": {"steps": steps}}}
    assert complaint(apply_it, document) == f"processes.sell.{words}"


def test_in_one_environment_one_integration_is_of_a_family(apply_it: ApplyIt) -> None:
    document = whole()
    document["integrations"]["other"] = {"team": "finance", "family": "invoices"}
    assert complaint(apply_it, document) == (
        "integrations.other.family: 'invoices' is the one of the family 'invoices' in production."
    )
    document["environments"] = {"staging": {}}
    document["integrations"]["other"]["environment"] = "staging"
    assert "integrations.other" in apply_it(document).created


def test_mistakes_in_a_file_have_line_and_column(tmp_path: Path) -> None:
    file = tmp_path / "company.yaml"
    file.write_text(
        "processes:\n  sell:\n    steps:\n      - {slug: bill}\n      - {slug: bill}\nsystems:\n"
        "  erp: {connector: webhook, owner: mar@example.com}\nintegrations:\n  a: &a\n    steps: [*a]\n"
    )
    with pytest.raises(CommandError) as caught:
        call_command("estate", "plan", str(file))
    assert "repeats itself without end" in str(caught.value)

    file.write_text(file.read_text().partition("integrations")[0])
    with pytest.raises(CommandError) as caught:
        call_command("estate", "plan", str(file))
    assert str(caught.value).splitlines() == [
        f"{file}:5:10: processes.sell.steps.2.slug: there is a step 'bill' before it.",
        f"{file}:7:29: systems.erp.owner: there is no account 'mar@example.com'; did you mean 'mara@example.com'?",
        "Nothing was changed.",
    ]
