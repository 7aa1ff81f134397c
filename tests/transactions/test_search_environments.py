"""Where a search looks: in the environment that its asker looks at, unless it says itself where to look."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from controlplane.audit.models import AuditRecord
from controlplane.inventory.models import Integration
from controlplane.people.access import Access, Within
from controlplane.people.roles import Role
from controlplane.transactions.export.request import ask
from controlplane.transactions.search.completing import completions
from controlplane.transactions.search.grammar import BadQuery
from controlplane.transactions.selectors.finding import find, newer_than
from controlplane.transactions.selectors.question import Question
from tests.transactions.factories import Estate, an_access, estate, in_environment
from tests.transactions.traffic import NOW, RECEIVED_AT, a_transaction

pytestmark = pytest.mark.django_db


@pytest.fixture
def trial(here: Estate) -> Estate:
    made = estate("trial", team=here.team)
    in_environment(made, "staging")
    return made


@pytest.fixture
def everywhere(here: Estate) -> Access:
    return an_access(Role.OPERATOR)


@pytest.fixture
def in_staging(everywhere: Access, trial: Estate) -> Access:
    return looking_at(everywhere, trial)


def looking_at(access: Access, made: Estate) -> Access:
    where = made.integration.environment
    return replace(access, within=Within(where.pk, where.slug, where.name))


def ids(access: Access, text: str) -> set[UUID]:
    return {row.id for row in find(access, text, "", NOW).rows}


def test_it_finds_what_is_there_and_nothing_else(here: Estate, trial: Estate, in_staging: Access) -> None:
    ours = a_transaction(here, at=RECEIVED_AT, keys={"customer": "C-1"})
    theirs = a_transaction(trial, at=RECEIVED_AT, keys={"customer": "C-1"})
    for text in ("", "customer:C-1", "C-1", "status:ok", "system:stripe", "owner:billing", "after:24h"):
        assert ids(in_staging, text) == {theirs.id}, text
        assert ids(looking_at(in_staging, here), text) == {ours.id}, text
        assert ids(in_staging.everywhere, text) == {ours.id, theirs.id}, text


@pytest.mark.parametrize("field", ["", "id:", "trace:"])
def test_an_id_is_looked_for_everywhere(here: Estate, in_staging: Access, field: str) -> None:
    ours = a_transaction(here, at=RECEIVED_AT)
    named = ours.correlation_id if field == "trace:" else ours.id
    assert ids(in_staging, f"{field}{named}") == {ours.id}


def test_what_names_an_environment_is_asked_there(here: Estate, trial: Estate, in_staging: Access) -> None:
    ours, theirs = a_transaction(here, at=RECEIVED_AT), a_transaction(trial, at=RECEIVED_AT)
    assert ids(in_staging, "environment:production") == {ours.id}
    assert ids(in_staging, "environment:staging,production") == {ours.id, theirs.id}
    assert ids(in_staging, "environment:all") == {ours.id, theirs.id}
    assert ids(in_staging, "-environment:staging") == {ours.id}


def test_it_takes_no_right_and_gives_none(here: Estate, trial: Estate) -> None:
    stranger = an_access(Role.SUPPORT, estate("other").team)
    a_transaction(trial, at=RECEIVED_AT)
    assert ids(looking_at(stranger, trial), "") == set()
    assert ids(looking_at(stranger, trial), "environment:staging") == set()


def test_a_small_environment_is_walked_by_its_integrations_and_a_large_one_is_not(
    here: Estate, trial: Estate, in_staging: Access
) -> None:
    for number in range(3):
        more = {"team": here.team, "environment": here.environment, "source": here.interface}
        Integration.objects.create(slug=f"more-{number}", name=f"More {number}", **more)
    (branch,) = Question(in_staging, "type:invoice.paid.v1", NOW).planned.branches
    assert branch.each is not None
    assert branch.each.parameters == ([trial.integration.pk],)
    most = Question(looking_at(in_staging, here), "type:invoice.paid.v1", NOW).planned
    assert most.branches == ()
    assert any("t.integration_id" in condition.sql for condition in most.conditions)


def test_what_came_since_is_counted_there(here: Estate, trial: Estate, in_staging: Access) -> None:
    first = a_transaction(trial, at=RECEIVED_AT)
    for minutes in (1, 2):
        a_transaction(here, at=RECEIVED_AT + timedelta(minutes=minutes))
    a_transaction(trial, at=RECEIVED_AT + timedelta(minutes=3))
    assert newer_than(in_staging, "", first.id, NOW) == 1


def test_an_export_that_its_environment_makes_too_long_is_refused_before_anything_is_written(
    in_staging: Access,
) -> None:
    for text in ("status:ok " + "x" * 1_985, " ".join(["status:ok"] * 30)):
        with pytest.raises(BadQuery, match=r"^A search may have (2,000 characters|30 terms); this one has "):
            ask(in_staging, text, NOW)
    assert not AuditRecord.objects.filter(action="search.exported").exists()


def test_in_words_it_means_the_same_to_everybody(in_staging: Access) -> None:
    assert Question(in_staging, "status:ok", NOW).everywhere == "status:ok environment:staging"
    assert Question(in_staging, "", NOW).everywhere == "environment:staging"
    assert Question(in_staging, "environment:production", NOW).everywhere == "environment:production"
    assert Question(in_staging.everywhere, "status:ok", NOW).everywhere == "status:ok"


def test_environments_are_offered_while_typing(trial: Estate) -> None:
    assert [one.label for one in completions("environment:", [])] == ["all", "production", "staging"]
    assert [one.text for one in completions("status:dead environment:st", [])] == ["status:dead environment:staging "]
