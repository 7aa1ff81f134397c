"""The estate is judged: what is found is kept, comes and goes by itself, and costs the same for many as for few."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from controlplane.contracts.models import ContractVersion, VersionState
from controlplane.credentials.models import Credential
from controlplane.foundation import clock
from controlplane.governance.models import Finding, PolicyRun, ScoreDay
from controlplane.governance.policies.except_for import except_for, no_exception
from controlplane.governance.policies.run import run_everything, run_for
from controlplane.inventory.models import Environment, FailureMode, Instance, Integration, Interface, System
from controlplane.people.models import Person
from controlplane.people.roles import Role
from tests.governance.policies.given import a_policy, somebody
from tests.transactions.factories import Estate, a_destination, estate

pytestmark = pytest.mark.django_db


@pytest.fixture
def made() -> Estate:
    return estate()


def found(slug: str, subject: str = "") -> str:
    """What a policy found, in a word."""
    rows = Finding.objects.filter(policy__slug=slug)
    return rows.get(subject=subject).verdict if subject else rows.get().verdict


def test_what_is_missing_fails_and_what_is_there_passes(made: Estate) -> None:
    run_everything()
    assert found("owner-and-deputy") == "fail"
    mara, ana = Person.objects.create(name="Mara"), Person.objects.create(name="Ana")
    Integration.objects.update(owner=mara, deputy=mara)
    run_everything()
    assert found("owner-and-deputy") == "fail"
    Integration.objects.update(deputy=ana)
    run_everything()
    assert found("owner-and-deputy") == "pass"


def test_a_finding_says_why_and_since_when(made: Estate) -> None:
    run_everything()
    first = Finding.objects.get(policy__slug="owner-and-deputy")
    assert first.detail == "stage is live, owner is empty, deputy is empty, deputy_is_owner is false"
    assert (first.severity, first.comes_from, first.team_id) == ("warn", "company", made.team.pk)
    run_everything()
    again = Finding.objects.get(policy__slug="owner-and-deputy")
    assert (again.pk, again.since) == (first.pk, first.since)
    Integration.objects.update(owner=Person.objects.create(name="Mara"), deputy=Person.objects.create(name="Ana"))
    run_everything()
    assert Finding.objects.get(policy__slug="owner-and-deputy").since > first.since


def test_what_does_not_apply_any_more_is_gone(made: Estate) -> None:
    run_everything()
    assert Finding.objects.filter(policy__slug="owner-and-deputy").exists()
    Integration.objects.update(stage="retired")
    run_everything()
    assert not Finding.objects.filter(policy__slug="owner-and-deputy").exists()


def test_personal_data_needs_a_classification_and_without_a_contract_nobody_can_say(made: Estate) -> None:
    run_everything()
    assert found("personal-data-classified") == "fail"
    Integration.objects.update(classification="confidential")
    run_everything()
    assert found("personal-data-classified") == "pass"
    Integration.objects.create(slug="bare", name="Bare", team=made.team, environment=made.environment)
    run_everything()
    assert found("personal-data-classified", "bare") == "unjudged"
    assert found("contract-present", "bare") == "fail"
    assert found("contract-current", "bare") == "unjudged"


def test_a_contract_that_has_moved_on_is_seen(made: Estate) -> None:
    run_everything()
    assert found("contract-current") == "pass"
    version = made.contract_version
    ContractVersion.objects.create(
        contract=made.contract, number=version.number + 1, state=VersionState.PUBLISHED, content_hash="next"
    )
    run_everything()
    assert found("contract-current") == "fail"


def test_nothing_live_stands_on_a_retired_system(made: Estate) -> None:
    run_everything()
    assert found("nothing-live-on-retired") == "pass"
    System.objects.filter(pk=made.source.system_id).update(stage="retired")
    run_everything()
    assert found("nothing-live-on-retired") == "fail"


def test_a_secret_that_two_environments_share_is_found_on_both(made: Estate) -> None:
    staging = Environment.objects.create(slug="staging", name="Staging")
    twin = Instance.objects.create(slug="erp-staging", name="ERP", system=made.erp.system, environment=staging)
    Credential.objects.create(
        slug="twin", name="Twin", team=made.team, instance=twin, references=made.credential.references
    )
    run_everything()
    rows = Finding.objects.filter(policy__slug="credential-environments-apart")
    assert set(rows.values_list("subject", "verdict")) == {("twin", "fail"), (made.credential.slug, "fail")}
    Credential.objects.filter(slug="twin").update(references={"password": "file://its-own"})
    run_everything()
    assert set(rows.values_list("subject", "verdict")) == {("twin", "pass"), (made.credential.slug, "pass")}


def test_a_token_is_no_signature(made: Estate) -> None:
    run_everything()
    assert found("signature-required") == "pass"
    made.endpoint.scheme = "shared_token"
    made.endpoint.save()
    run_everything()
    assert found("signature-required") == "fail"


def test_a_workaround_that_is_missing_is_found(made: Estate) -> None:
    Integration.objects.update(criticality="critical")
    one = FailureMode.objects.create(integration=made.integration, slug="slow", name="The ERP is slow")
    run_everything()
    assert found("failure-modes-for-critical") == "fail"
    one.workaround = "Invoices are written by hand."
    one.save()
    run_everything()
    assert found("failure-modes-for-critical") == "pass"


def test_one_object_is_judged_at_once_and_no_other(made: Estate) -> None:
    run_everything()
    other = Integration.objects.create(slug="other", name="Other", team=made.team, environment=made.environment)
    before = Finding.objects.count()
    judged = run_for({"integration": [other.slug]})
    assert {one.fact.slug for one in judged} == {"other"}
    assert Finding.objects.filter(subject="other").count() == len(judged) == Finding.objects.count() - before


def test_an_exception_makes_stricter_or_switches_off_and_ends_again(made: Estate) -> None:
    a_policy()
    board = somebody("Jonas", Role.BOARD)
    run_everything()
    slug = made.integration.slug
    except_for(board, "runbook", "team", made.team.slug, "block", "Orders are what we live on.")
    one = Finding.objects.get(policy__slug="runbook", subject=slug)
    assert (one.severity, one.comes_from) == ("block", f"team {made.team.slug}")
    except_for(board, "runbook", "integration", slug, "off", "It is replaced next month.")
    assert not Finding.objects.filter(policy__slug="runbook", subject=slug).exists()
    no_exception(board, "runbook", "integration", slug, "It was not replaced.")
    assert Finding.objects.get(policy__slug="runbook", subject=slug).severity == "block"


def test_the_scores_of_the_day_are_kept_once(made: Estate) -> None:
    run_everything()
    run_everything()
    today = timezone.now().date()
    rows = ScoreDay.objects.filter(of="integration", slug=made.integration.slug)
    assert [row.day for row in rows] == [today]
    assert rows[0].failed > 0
    assert ScoreDay.objects.filter(of="team", slug=made.team.slug).count() == 1
    assert PolicyRun.objects.count() == 2


def test_scores_that_are_too_old_are_forgotten(made: Estate) -> None:
    long_ago = clock.now().date() - timedelta(days=500)
    ScoreDay.objects.create(of="team", slug="t", day=long_ago, value=1, passed=1, failed=1, waived=0, unjudged=0)
    run_everything()
    assert not ScoreDay.objects.filter(day=long_ago).exists()


def _asked() -> int:
    with CaptureQueriesContext(connection) as asked:
        run_everything()
    return len(asked)


def _more(made: Estate, many: int) -> None:
    system = System.objects.create(slug=f"s-{many}", name="S", connector="webhook", monogram="S")
    for number in range(many):
        name: dict[str, Any] = {"slug": f"more-{many}-{number}", "name": f"More {number}"}
        instance = Instance.objects.create(system=system, environment=made.environment, **name)
        door = Interface.objects.create(instance=instance, kind="webhook", **name)
        one = Integration.objects.create(team=made.team, environment=made.environment, source=door, **name)
        one.targets.add(door)
        a_destination(name["slug"], instance)


def test_it_costs_as_many_statements_for_many_as_for_few(made: Estate) -> None:
    run_everything()
    _more(made, 1)
    few = _asked()
    _more(made, 8)
    many = _asked()
    assert few == many
