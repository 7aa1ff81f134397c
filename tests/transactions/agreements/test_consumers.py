"""Who consumes a contract: declared, seen, both, or outside our sight; and who says so."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from controlplane.audit.models import AuditRecord
from controlplane.contracts.consumers.declare import Uses, declare, revise
from controlplane.contracts.consumers.known import Consumer, Use, consumers_of
from controlplane.contracts.consumers.withdraw import withdraw
from controlplane.contracts.models import Contract, Dependency, Format
from controlplane.contracts.rules.rule import Side
from controlplane.foundation import clock
from controlplane.foundation.errors import Conflict, Invalid, NotAllowed, NotFound
from controlplane.inventory.models import Integration
from controlplane.people.access import Access
from controlplane.people.roles import Role
from controlplane.transactions.counting_hours import count_hours
from controlplane.transactions.models import FlowVersion
from controlplane.transactions.selectors import volume
from tests.transactions import carrying
from tests.transactions.conftest import Story, paid
from tests.transactions.factories import a_team, an_access, estate

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def story(tell_story: Callable[..., Story]) -> Story:
    """Paid invoices go to the ledger."""
    return tell_story()


@pytest.fixture
def owner(story: Story) -> Access:
    """Of the contract and of the integration."""
    return an_access(Role.OWNER, story.estate.team, name="Ana Costa")


@pytest.fixture
def finance() -> Access:
    return an_access(Role.OWNER, a_team("finance"), name="Fred Finance")


def carried(story: Story, *documents: Any) -> None:
    story.send(*documents)
    carrying.carry()
    count_hours()


def later(monkeypatch: pytest.MonkeyPatch, **by: float) -> None:
    moved = clock.now() + timedelta(**by)
    monkeypatch.setattr(clock, "now", lambda: moved)


def the(story: Story, name: str = "") -> Consumer:
    """The one of that name; the integration."""
    wanted = name or story.estate.integration.name
    return next(one for one in consumers_of(story.estate.contract) if one.name == wanted)


def warehouse(finance: Access, story: Story, **uses: Any) -> Dependency:
    return declare(finance, story.estate.contract, Uses(**uses), name="Warehouse", team=a_team("finance"))


# -- what is known -------------------------------------------------------------------------------------


def test_what_is_set_up_and_not_declared_is_said_to_be_so(story: Story) -> None:
    one = the(story)
    assert (one.use, one.sides, one.per_day) == (Use.UNDECLARED, [Side.READERS], None)
    assert one.in_words == "not declared; carries it on, reads it, takes it in; nothing seen in 30 days"


def test_who_was_seen_is_live_with_when_last_and_how_much_a_day(story: Story, owner: Access) -> None:
    carried(story, paid(1), paid(2), paid(3))
    declare(owner, story.estate.contract, Uses(), integration=story.estate.integration)
    one = the(story)
    assert one.seen is not None
    assert one.seen.last is not None
    assert (one.use, one.per_day) == (Use.LIVE, 3)
    assert one.in_words == f"live; last seen {one.seen.last:%-d %b %Y}"


def test_who_was_not_seen_in_thirty_days_is_unused(
    story: Story, owner: Access, monkeypatch: pytest.MonkeyPatch
) -> None:
    carried(story, paid(1))
    declare(owner, story.estate.contract, Uses(), integration=story.estate.integration)
    later(monkeypatch, days=29)
    assert the(story).use is Use.LIVE
    later(monkeypatch, days=2)
    assert (the(story).use, the(story).in_words) == (Use.SILENT, "unused: nothing seen in 30 days")


def test_who_comes_seldom_is_looked_back_at_over_two_of_their_rounds(
    story: Story, owner: Access, monkeypatch: pytest.MonkeyPatch
) -> None:
    carried(story, paid(1))
    uses = Uses(cadence=timedelta(days=20))
    declare(owner, story.estate.contract, uses, integration=story.estate.integration)
    later(monkeypatch, days=39)
    assert the(story).use is Use.LIVE
    later(monkeypatch, days=2)
    assert the(story).in_words == "unused: nothing seen in 40 days"


def test_of_what_nobody_keeps_any_more_the_counted_hours_answer(
    story: Story, owner: Access, monkeypatch: pytest.MonkeyPatch
) -> None:
    carried(story, paid(1))
    uses = Uses(cadence=timedelta(days=90))
    declare(owner, story.estate.contract, uses, integration=story.estate.integration)
    later(monkeypatch, days=100)
    monkeypatch.setattr("controlplane.transactions.agreements.impact._LAST", "select 1, now() where false")
    seen = the(story).seen
    assert seen is not None
    assert seen.last is not None
    assert the(story).use is Use.LIVE
    assert (seen.last.minute, seen.last.second) == (0, 0)


def test_what_takes_too_long_to_find_is_answered_by_the_counted_hours(
    story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    carried(story, paid(1))
    monkeypatch.setattr(volume, "PATIENCE", 1)
    slow = "select 1, now() from pg_sleep(5)"
    monkeypatch.setattr("controlplane.transactions.agreements.impact._LAST", slow)
    seen = the(story).seen
    assert seen is not None
    assert seen.last is not None
    assert seen.last.minute == 0


def test_other_events_of_the_same_integration_are_no_use_of_it(story: Story, owner: Access) -> None:
    other = Contract.objects.create(slug="refund", name="Refund", team=story.estate.team)
    carried(story, paid(1))
    declare(owner, other, Uses(), integration=story.estate.integration)
    (one,) = consumers_of(other)
    assert (one.use, one.per_day, one.in_words) == (Use.SILENT, None, "unused: nothing seen in 30 days")


def test_what_is_outside_our_sight_is_never_called_unused(story: Story, finance: Access) -> None:
    warehouse(finance, story)
    one = the(story, "Warehouse")
    assert (one.use, one.in_words) == (Use.UNOBSERVABLE, "outside our sight: what it uses cannot be seen")


def test_a_flow_that_is_pinned_to_it_as_its_target_writes_it(story: Story) -> None:
    made = FlowVersion.objects.get()
    FlowVersion.objects.update(state="retired")
    made.pk, made.number, made.state = None, 2, "published"
    made.source_contract, made.target_contract = None, story.estate.contract_version
    made.save()
    assert the(story).sides == [Side.WRITERS, Side.READERS]


# -- who says so ---------------------------------------------------------------------------------------


def test_a_declaration_is_kept_with_who_said_it(story: Story, finance: Access) -> None:
    made = warehouse(finance, story, fields=["/id", "/id", "/total"], newest=1, cadence=timedelta(days=1), note=" n ")
    made.refresh_from_db()
    assert (made.fields, made.newest, made.note, str(made.answers)) == (["/id", "/total"], 1, "n", "Finance")
    assert made.declared_by == made.confirmed_by
    record = AuditRecord.objects.get(action="contract.consumer_declared")
    assert (record.subject_id, record.actor_label) == (story.estate.contract.slug, "Fred Finance")
    assert (record.details["consumer"], record.details["cadence"]) == ("Warehouse", 1440)


def test_who_owns_the_contract_may_name_an_outsider_and_no_more(story: Story, owner: Access, finance: Access) -> None:
    made = declare(owner, story.estate.contract, Uses(), name="Partner", team=a_team("finance"))
    with pytest.raises(NotAllowed):
        revise(owner, made.pk, Uses(note="x"))
    with pytest.raises(NotAllowed):
        withdraw(owner, made.pk, "Gone.")
    assert revise(finance, made.pk, Uses(note="ours")).note == "ours"


def test_others_declare_neither_an_integration_nor_an_outsider_of_a_team(story: Story, finance: Access) -> None:
    with pytest.raises(NotAllowed, match="of Billing says what it uses"):
        declare(finance, story.estate.contract, Uses(), integration=story.estate.integration)
    with pytest.raises(NotAllowed, match="of Pricing says what it uses"):
        declare(finance, story.estate.contract, Uses(), name="Pricing", team=a_team("pricing"))
    support = an_access(Role.SUPPORT, story.estate.team, name="Support")
    with pytest.raises(NotAllowed):
        declare(support, story.estate.contract, Uses(), integration=story.estate.integration)


def test_nobody_is_declared_twice_until_it_is_withdrawn(story: Story, finance: Access, owner: Access) -> None:
    made = warehouse(finance, story)
    with pytest.raises(Conflict, match="WAREHOUSE is declared already"):
        declare(finance, story.estate.contract, Uses(), name="WAREHOUSE ", team=a_team("finance"))
    withdraw(finance, made.pk, "Moved to the new API.")
    with pytest.raises(Conflict, match="is withdrawn already"):
        revise(finance, made.pk, Uses())
    warehouse(finance, story)
    declare(owner, story.estate.contract, Uses(), integration=story.estate.integration)
    with pytest.raises(Conflict, match="is declared already"):
        declare(owner, story.estate.contract, Uses(), integration=story.estate.integration)
    record = AuditRecord.objects.get(action="contract.consumer_withdrawn")
    assert (record.reason, record.details["consumer"]) == ("Moved to the new API.", "Warehouse")


def test_to_say_it_as_it_was_is_to_stand_by_it(story: Story, finance: Access, monkeypatch: pytest.MonkeyPatch) -> None:
    made = warehouse(finance, story, fields=["/id"])
    later(monkeypatch, days=5)
    assert revise(finance, made.pk, Uses(fields=["/id"])).confirmed_at == clock.now()
    revise(finance, made.pk, Uses(fields=["/total"]))
    actions = AuditRecord.objects.filter(action__startswith="contract.consumer").order_by("pk")
    assert [one.action for one in actions] == [
        "contract.consumer_declared",
        "contract.consumer_stood_by",
        "contract.consumer_revised",
    ]


@pytest.mark.parametrize(
    ("uses", "field", "words"),
    [
        ({"reads": False}, "reads", "A consumer reads, or writes, or both."),
        ({"fields": ["total"]}, "fields", "A JSON Pointer begins with a slash; 'total' does not."),
        ({"fields": [""]}, "fields", "A field is a JSON Pointer of 300 characters at most."),
        ({"fields": ["/" + "x" * 300]}, "fields", "A field is a JSON Pointer of 300 characters at most."),
        ({"fields": ["/a\x00"]}, "fields", "A field is a JSON Pointer of 300 characters at most."),
        ({"fields": [f"/{number}" for number in range(201)]}, "fields", "201 fields; name 200 at most"),
        ({"newest": 9}, "newest", "Paid invoice has no version 9."),
        ({"oldest": 0}, "oldest", "Paid invoice has no version 0."),
        ({"oldest": 2, "newest": 1}, "oldest", "The oldest version, 2, is newer than the newest, 1."),
        ({"cadence": timedelta(0)}, "cadence", "It comes every minute at most, and once a year at least."),
        ({"cadence": timedelta(days=400)}, "cadence", "once a year at least"),
        ({"contact": "x" * 201}, "contact", "It is longer than 200 characters."),
        ({"note": "x" * 2001}, "note", "It is longer than 2,000 characters."),
    ],
)
def test_what_cannot_be_said_is_refused_at_its_field(
    story: Story, finance: Access, uses: dict[str, Any], field: str, words: str
) -> None:
    with pytest.raises(Invalid) as refused:
        warehouse(finance, story, **uses)
    assert (refused.value.field, words in refused.value.detail) == (field, True)
    assert not Dependency.objects.exists()


def test_it_is_an_integration_or_has_a_name_and_a_team(story: Story, owner: Access) -> None:
    contract, team = story.estate.contract, story.estate.team
    wrong: list[tuple[dict[str, Any], str]] = [
        ({}, "Name an integration, or say what it is called"),
        ({"name": "\x00 "}, "Name an integration, or say what it is called"),
        ({"name": "x" * 121, "team": team}, "A name has 120 characters at most."),
        ({"name": "Warehouse"}, "Say which team answers for it"),
        ({"integration": story.estate.integration, "name": "Ledger"}, "has a name and a team already"),
        ({"integration": story.estate.integration, "team": team}, "has a name and a team already"),
    ]
    for who, words in wrong:
        with pytest.raises(Invalid, match=words):
            declare(owner, contract, Uses(), **who)


def test_an_interface_has_no_fields_of_records(owner: Access) -> None:
    contract = Contract.objects.create(slug="api", name="Shop", team=a_team("billing"), format=Format.OPENAPI)
    with pytest.raises(Invalid, match="Shop describes an interface and no records"):
        declare(owner, contract, Uses(fields=["/id"]), integration=Integration.objects.get())


def test_what_is_not_there_is_said_to_be_so(finance: Access) -> None:
    with pytest.raises(NotFound, match="There is no such consumer"):
        revise(finance, 4711, Uses())
    with pytest.raises(NotFound, match="There is no such consumer"):
        withdraw(finance, 4711, "x")


def test_withdrawing_takes_a_reason(story: Story, finance: Access) -> None:
    made = warehouse(finance, story)
    with pytest.raises(Invalid, match="Say why"):
        withdraw(finance, made.pk, " ")


def test_it_asks_the_same_few_questions_however_many_consumers_there_are(
    story: Story, owner: Access, django_assert_num_queries: Any
) -> None:
    carried(story, paid(1))
    contract = story.estate.contract
    with django_assert_num_queries(12):
        assert len(consumers_of(contract)) == 1
    for number in range(5):
        other = estate(prefix=f"other{number}", team=story.estate.team)
        declare(owner, contract, Uses(), integration=other.integration)
        declare(owner, contract, Uses(), name=f"Outside {number}", team=story.estate.team)
    with django_assert_num_queries(12):
        assert len(consumers_of(contract)) == 11
