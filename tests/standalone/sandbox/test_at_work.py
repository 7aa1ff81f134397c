"""The sandbox from end to end: loaded, at work through the public ingress, in trouble, and gone without a trace."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from controlplane.foundation.errors import Conflict
from controlplane.inventory.models import Integration
from controlplane.people.models import Account
from controlplane.people.roles import Role
from controlplane.standalone.sandbox import load, marks, people
from controlplane.standalone.sandbox.business import Business, Report
from controlplane.standalone.sandbox.marks import Marks
from controlplane.standalone.sandbox.remove import remove
from controlplane.standalone.sandbox.traffic import SCHEMES, Traffic
from controlplane.transactions.models import DeadLetter, Endpoint, StepQueue, Transaction
from controlplane.transactions.rules.states import TransactionState
from tests.journeys.plant import Plant, wait
from tests.standalone.sandbox.played import BAD_RELEASE, Played, sent
from tests.transactions.factories import estate

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.allow_hosts(["127.0.0.1"]), pytest.mark.timeout(120)]


def one_of_each(seed: int = 1) -> list[Report]:
    """Reports of every type that there is."""
    business, found = Business(seed), dict[str, Report]()
    while len(found) < 7:
        for report in business.next(spaced_tax_ids=False):
            found.setdefault(report.type, report)
    return list(found.values())


def test_every_system_is_believed_and_everything_it_reports_arrives(played: Played, sandbox: Marks) -> None:
    load.load(sandbox)
    with Plant() as plant:
        sent(plant, played, one_of_each())
        wait(lambda: not StepQueue.objects.exists(), "all is delivered", 50)
    states = set(Transaction.objects.exclude(state=TransactionState.IGNORED).values_list("state", flat=True))
    assert states == {TransactionState.SUCCEEDED}
    assert {endpoint.slug: endpoint.scheme for endpoint in Endpoint.objects.all()} == {
        system: scheme for system, (scheme, _) in SCHEMES.items()
    }
    assert [one["metadata"]["interlock_id"] for one in played.systems.customers.values()] != []


def test_a_bad_release_of_odoo_makes_dead_letters_that_share_a_cause(played: Played, sandbox: Marks) -> None:
    load.load(sandbox)
    played.minute = BAD_RELEASE
    business, orders = Business(1), list[Report]()
    while len(orders) < 6:
        for report in business.next(spaced_tax_ids=True):
            if report.type == "sale.order.confirmed" and report.record["partner"]["vat"].startswith("ATU "):
                orders.append(report)
    with Plant() as plant:
        sent(plant, played, orders)
        wait(lambda: DeadLetter.objects.count() == 6, "six orders are dead letters", 50)
    assert set(DeadLetter.objects.values_list("error_class", flat=True)) == {"rejected.tax_id_invalid"}
    assert DeadLetter.objects.values("fingerprint").distinct().count() == 1


def test_there_is_a_sign_in_for_each_way_of_using_it(played: Played, sandbox: Marks) -> None:
    load.load(sandbox)
    roles = {worker.name: worker.role for worker in people.SHOWN}
    assert set(roles.values()) == set(Role)
    lines = [line.split() for line in sandbox.sign_ins.read_text().splitlines()]
    for email, password in lines:
        assert Account.objects.get(email=email).check_password(password)
    assert sandbox.sign_ins.stat().st_mode & 0o077 == 0


def test_staging_gets_a_copy_of_every_third_order(played: Played) -> None:
    traffic = Traffic(Business(1), played.weather, address="", public="", keys=load.key)
    orders = [report for report in one_of_each() if report.type == "sale.order.confirmed"] * 7
    copies = [copy for order in orders for copy in traffic._copied(order)]
    assert [(copy.system, copy.record) for copy in copies] == [("odoo-staging", orders[0].record)] * 2
    others = [report for report in one_of_each() if report.type != "sale.order.confirmed"] * 3
    assert [copy for report in others for copy in traffic._copied(report)] == []


def outdated(sandbox: Marks) -> bool:
    """Asked anew each time: it changes between two lines."""
    return sandbox.is_outdated


def test_a_version_with_another_estate_brings_it_along(
    played: Played, sandbox: Marks, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    load.load(sandbox)
    assert outdated(sandbox) is False
    before = sandbox.minutes()
    another = tmp_path / "company.yaml"
    another.write_text(f"{marks.COMPANY.read_text()}# More than before.\n")
    monkeypatch.setattr(marks, "COMPANY", another)
    assert outdated(sandbox) is True
    load.load(sandbox)
    assert outdated(sandbox) is False
    assert sandbox.minutes() >= before


def test_loading_again_changes_nothing(played: Played, sandbox: Marks) -> None:
    load.load(sandbox)
    before = (sandbox.sign_ins.read_text(), load.key("sandbox-stripe"), Integration.objects.count())
    load.load(sandbox)
    assert (sandbox.sign_ins.read_text(), load.key("sandbox-stripe"), Integration.objects.count()) == before


def test_where_somebody_works_already_it_is_not_loaded(played: Played, sandbox: Marks) -> None:
    own = estate(prefix="own")
    with pytest.raises(Conflict, match=f"There is more here than the sandbox: {own.integration.slug}"):
        load.load(sandbox)
    assert Integration.objects.get() == own.integration
    assert not sandbox.is_there


def test_it_goes_with_its_database_and_its_keys_and_does_not_come_back_by_itself(
    played: Played, sandbox: Marks, settings: Any
) -> None:
    load.load(sandbox)
    own_key = settings.SECRETS_FOLDER / "our-own-key"
    own_key.write_text("kept")
    database = sandbox.places.var / "postgres"
    database.mkdir()
    remove(sandbox)
    assert not database.exists()
    assert list(settings.SECRETS_FOLDER.iterdir()) == [own_key]
    assert not sandbox.is_there
    assert not sandbox.is_due


def test_what_is_not_there_cannot_be_removed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INTERLOCK_VAR", str(tmp_path))
    with pytest.raises(CommandError, match="There is no sandbox here; nothing was changed"):
        call_command("sandbox", "remove")
