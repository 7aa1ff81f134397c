"""A version judges some keys first: it is published when it has shown itself, and halts itself when it has not."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.core.management import call_command
from django.db import IntegrityError
from django.test import Client
from django.utils.html import strip_tags

from controlplane.audit.models import AuditRecord
from controlplane.contracts.canary.begin import running
from controlplane.contracts.canary.end import halt, settle
from controlplane.contracts.canary.judging import ENOUGH, takes
from controlplane.contracts.models import Canary, CanaryState, ContractVersion, VersionState
from controlplane.contracts.selectors import newest_published
from controlplane.foundation import clock
from controlplane.foundation.errors import Conflict, Invalid, NotAllowed
from controlplane.governance.changes.apply import apply
from controlplane.governance.changes.rollback import rollback
from controlplane.governance.models import ChangeRequest
from controlplane.people.roles import Role
from controlplane.transactions.models import Normalisation, Trace, Transaction
from controlplane.transactions.pipeline.catalogue import catalogue
from controlplane.transactions.rules.states import TransactionState
from tests.transactions import carrying
from tests.transactions.agreements.board import SLUG, Deciding, deciding, newest, schema
from tests.transactions.conftest import Story, paid
from tests.transactions.factories import an_access, an_account

pytestmark = pytest.mark.django_db(transaction=True)

CAPITALS: dict[str, Any] = {"type": "string", "pattern": "^[A-Z]{3}$"}
HALF: dict[str, Any] = {"share": 50, "hours": 24, "points": 2, "key": "customer"}


@pytest.fixture
def story(tell_story: Callable[..., Story]) -> Story:
    """Paid invoices go to the ledger."""
    return tell_story()


@pytest.fixture
def board(story: Story) -> Deciding:
    """Those who decide."""
    return deciding(story.estate.team)


def begun(board: Deciding, canary: dict[str, Any] = HALF) -> Canary:
    """Capitals alone, for half of the customers."""
    change = board.agreed(board.proposed(schema=schema(currency=CAPITALS), breaks="Odoo asks.", canary=canary))
    apply(board.owner, change.pk)
    catalogue.forget()
    return Canary.objects.get()


def customers(canary: Canary, *, mine: bool, many: int) -> list[str]:
    """As many customers that the canary takes, or that it does not."""
    names = (f"cus_{number}" for number in range(10_000))
    found = [name for name in names if takes(canary.pk, name, canary.share) is mine]
    return found[:many]


def sent(story: Story, currency: str, names: list[str], since: int = 0) -> list[TransactionState]:
    """An invoice of each of these customers, and how it ended."""
    answers = story.send(*(paid(since + n, currency=currency, customer=name) for n, name in enumerate(names)))
    carrying.carry()
    return [TransactionState(carrying.the(answer.id).state) for answer in answers]


def test_the_board_reads_of_it_and_a_vote_is_bound_to_it(board: Deciding) -> None:
    change = board.proposed(schema=schema(currency=CAPITALS), breaks="Odoo asks.", canary={"share": 10})
    assert change.revision.content["canary"] == {"share": 10, "hours": 24, "points": 2, "key": ""}
    assert change.revision.diff[-1]["what"] == "Tried as a canary"
    assert change.revision.diff[-1]["after"].startswith("for 10 % of records and 24 hours first")


def test_some_customers_are_judged_by_it_and_the_others_as_before(story: Story, board: Deciding) -> None:
    canary = begun(board)
    assert (newest().state, newest().number) == (VersionState.CANARY, 2)
    assert newest_published(canary.version.contract) == canary.instead_of
    mine, others = customers(canary, mine=True, many=3), customers(canary, mine=False, many=4)

    assert set(sent(story, "eur", mine)) == {TransactionState.QUARANTINED}
    assert set(sent(story, "eur", others, since=10)) == {TransactionState.SUCCEEDED}
    canary.refresh_from_db()
    assert (canary.seen, canary.set_aside, canary.seen_others, canary.set_aside_others) == (3, 3, 4, 0)

    judged = [
        next(span["contract_version"] for span in trace.spans if span["name"] == "contract")
        for trace in Trace.objects.order_by("id")
    ]
    assert judged == [canary.version_id] * 3 + [canary.instead_of_id] * 4


def test_an_event_that_starts_two_flows_counts_once(tell_story: Callable[..., Story]) -> None:
    told = tell_story()
    flow = told.estate.flow
    other = type(flow).objects.create(slug="again", name="Again", integration=flow.integration)
    version = told.estate.flow_version
    version.pk, version.flow = None, other
    version.save()
    route = told.estate.route
    route.pk, route.flow = None, other
    route.save()
    canary = begun(deciding(told.estate.team))
    assert sent(told, "EUR", customers(canary, mine=True, many=1)) == [TransactionState.SUCCEEDED]
    assert Transaction.objects.count() == 2
    canary.refresh_from_db()
    assert canary.seen == 1


def test_it_halts_itself_at_the_event_that_shows_it(story: Story, board: Deciding) -> None:
    canary = begun(board)
    assert set(sent(story, "EUR", customers(canary, mine=False, many=5), since=500)) == {TransactionState.SUCCEEDED}
    sent(story, "eur", customers(canary, mine=True, many=ENOUGH))
    canary.refresh_from_db()
    assert canary.state == CanaryState.HALTED
    assert canary.why == (
        "20 of 20 events ended badly (100 %), and 0 of 5 of the others (0 %): more than 2 points apart."
    )

    # From then on everything is judged as before, whoever has written it down yet or not.
    catalogue.forget()
    late = customers(canary, mine=True, many=ENOUGH + 2)[ENOUGH:]
    assert set(sent(story, "eur", late, since=100)) == {TransactionState.SUCCEEDED}
    assert settle() == 1
    mara = Client()
    mara.force_login(an_account("Mara", Role.OWNER, story.estate.team))
    read = words(mara.get("/notifications/"))
    assert "Paid invoice v2 was halted as a canary" in read
    assert "more than 2 points apart. Everything is judged by version 1." in read
    canary.refresh_from_db()
    assert (newest().state, canary.settled_at is not None) == (VersionState.RETIRED, True)
    record = AuditRecord.objects.get(action="contract.canary_halted")
    assert (record.details["version"], record.details["ended_badly"]) == (2, ENOUGH)
    assert settle() == 0


def test_deliveries_that_die_halt_it_as_well(story: Story, board: Deciding) -> None:
    canary = begun(board)
    story.receiver.answer("/ledger", status=422, json={"error": "no"})
    sent(story, "EUR", customers(canary, mine=True, many=ENOUGH))
    story.receiver.answer("/ledger", json={"ok": True})
    sent(story, "EUR", customers(canary, mine=False, many=ENOUGH), since=100)
    canary.refresh_from_db()
    assert (canary.state, canary.set_aside) == (CanaryState.RUNNING, 0)

    assert settle() == 1
    canary.refresh_from_db()
    assert (canary.state, canary.dead, canary.dead_others) == (CanaryState.HALTED, ENOUGH, 0)
    assert canary.why.startswith("20 of 20 events ended badly")


def test_its_time_over_it_is_published_to_all(story: Story, board: Deciding, monkeypatch: pytest.MonkeyPatch) -> None:
    canary = begun(board)
    sent(story, "EUR", customers(canary, mine=True, many=ENOUGH))
    assert settle() == 0
    later = clock.now() + timedelta(hours=25)
    with monkeypatch.context() as tomorrow:
        tomorrow.setattr(clock, "now", lambda: later)
        assert settle() == 1

    canary.refresh_from_db()
    assert (canary.state, newest().state) == (CanaryState.PUBLISHED, VersionState.PUBLISHED)
    assert Normalisation.objects.get().contract_version_id == canary.version_id
    catalogue.forget()
    assert sent(story, "eur", customers(canary, mine=False, many=1), since=200) == [TransactionState.QUARANTINED]
    assert AuditRecord.objects.filter(action="contract.published").latest("pk").details["seen"] == ENOUGH


def test_with_too_few_events_it_goes_on_and_says_so(
    story: Story, board: Deciding, monkeypatch: pytest.MonkeyPatch
) -> None:
    canary = begun(board)
    sent(story, "EUR", customers(canary, mine=True, many=3))
    later = clock.now() + timedelta(hours=25)
    monkeypatch.setattr(clock, "now", lambda: later)
    assert settle() == 0
    canary.refresh_from_db()
    assert (canary.state, canary.why) == (
        CanaryState.RUNNING,
        "Its time is over, and 3 of 20 events have come: it goes on until they have.",
    )


def test_a_person_halts_it_with_a_reason(story: Story, board: Deciding) -> None:
    canary = begun(board)
    contract = canary.version.contract
    with pytest.raises(NotAllowed):
        halt(an_access(Role.SUPPORT, story.estate.team), contract, "I do not like it.")
    with pytest.raises(Invalid, match="Say why it is halted"):
        halt(board.owner, contract, "  ")
    halt(board.owner, contract, "The shop is not ready.")
    canary.refresh_from_db()
    assert (canary.state, canary.why, newest().state) == (
        CanaryState.HALTED,
        "The shop is not ready.",
        VersionState.RETIRED,
    )
    assert AuditRecord.objects.get(action="contract.canary_halted").reason == "The shop is not ready."
    with pytest.raises(Conflict, match="No canary of Paid invoice runs"):
        halt(board.owner, contract, "Again.")


def test_beside_a_canary_nothing_else_is_published(board: Deciding) -> None:
    other = board.agreed(board.proposed(schema=schema(note={"type": "string"})))
    canary = begun(board)
    with pytest.raises(Conflict, match="is tried as a canary until"):
        apply(board.owner, other.pk)
    with pytest.raises(Conflict, match="is tried as a canary until"):
        rollback(board.owner, canary.change_id, why="No.", answers_for=[])
    halt(board.owner, canary.version.contract, "Stop.")
    apply(board.owner, ChangeRequest.objects.get(pk=other.pk).pk)
    assert (newest().number, newest().state) == (3, VersionState.PUBLISHED)
    assert running(canary.version.contract) is None


def test_the_content_of_a_canary_is_frozen(board: Deciding) -> None:
    canary = begun(board)
    with pytest.raises(IntegrityError, match="is published and cannot be changed"):
        ContractVersion.objects.filter(pk=canary.version_id).update(schema={})


# -- as people and programs see it -------------------------------------------------------------------


def test_its_page_says_how_it_fares_and_an_owner_halts_it_there(story: Story, board: Deciding) -> None:
    canary = begun(board)
    sent(story, "eur", customers(canary, mine=True, many=4))
    sent(story, "EUR", customers(canary, mine=False, many=2), since=50)
    address = f"/data/contracts/{SLUG}/"
    support, owner = (Client() for _ in range(2))
    support.force_login(an_account("Sam", Role.SUPPORT, story.estate.team))
    owner.force_login(an_account("Mara", Role.OWNER, story.estate.team))

    read = words(support.get(address))
    assert "Canary: version 2 Running 50 % of customer keys are judged by it, everything else by version 1" in read
    assert "By this version44 100.0 %By the one before20 0.0 %" in read
    assert "Nothing is said of it before 20 events have come." in read
    assert "Halt the canary" not in read
    assert support.post(f"{address}halt/", {"reason": "Mine now."}).status_code == 403

    assert "Halt the canary" in words(owner.get(address))
    assert "Say why it is halted" in words(owner.post(f"{address}halt/", {"reason": ""}, follow=True))
    read = words(owner.post(f"{address}halt/", {"reason": "The shop is not ready."}, follow=True))
    assert "Paid invoice v2 judges nothing any more. Everything is judged as before." in read
    assert "No canary of Paid invoice runs" in words(owner.post(f"{address}halt/", {"reason": "Again."}, follow=True))
    read = words(owner.get(f"{address}?version=2"))
    assert "Canary: version 2 Halted" in read
    assert "The shop is not ready." in read


def test_programs_read_it_and_halt_it(story: Story, board: Deciding) -> None:
    canary = begun(board)
    client = Client()
    client.force_login(an_account("Mara", Role.OWNER, story.estate.team))
    here = f"/api/v1/contracts/{SLUG}"
    told = client.get(f"{here}/versions/2").json()
    assert (told["state"], told["canary"]["share"], told["canary"]["instead_of"]) == ("canary", 50, 1)
    answer = client.post(f"{here}/halt", {"reason": "Not now."}, content_type="application/json")
    assert (answer.status_code, answer.json()["state"], answer.json()["why"]) == (200, "halted", "Not now.")
    answer = client.post(f"{here}/halt", {"reason": "Not now."}, content_type="application/json")
    assert (answer.status_code, answer.json()["detail"]) == (
        409,
        "No canary of Paid invoice runs; nothing was changed.",
    )
    canary.refresh_from_db()
    assert canary.state == CanaryState.HALTED


def words(answer: Any) -> str:
    assert answer.status_code == 200
    return re.sub(r"\s+", " ", html.unescape(strip_tags(answer.content.decode())))


def test_a_document_neither_exports_a_canary_nor_publishes_beside_it(
    story: Story, board: Deciding, tmp_path: Path
) -> None:
    assert story.estate.contract.slug == SLUG
    canary = begun(board)
    told = StringIO()
    call_command("estate", "export", stdout=told)
    document = yaml.safe_load(told.getvalue())
    assert "pattern" not in str(document["contracts"][SLUG]["schema"])
    file = tmp_path / "estate.yaml"
    told_of = {name: document[name] for name in ("contracts", "mappings", "interfaces")}
    file.write_text(yaml.safe_dump(told_of, sort_keys=False))
    call_command("estate", "apply", str(file), "--reason", "The same.", stdout=StringIO())
    assert newest().number == 2
    assert Normalisation.objects.get().contract_version_id == canary.instead_of_id
