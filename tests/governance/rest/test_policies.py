"""Policies in the API: read by everybody, run and asked for by those who may."""

from __future__ import annotations

from datetime import timedelta

import pytest

from controlplane.foundation import clock
from controlplane.governance.models import Finding, Waiver
from controlplane.governance.policies.run import run_everything
from controlplane.people.roles import Role
from tests.governance.policies.given import a_policy
from tests.people.rest.asking import Program, a_program
from tests.transactions.factories import Estate, an_account, estate

pytestmark = pytest.mark.django_db


@pytest.fixture
def made() -> Estate:
    found = estate()
    a_policy()
    run_everything()
    return found


@pytest.fixture
def owner(made: Estate) -> Program:
    return a_program(an_account("Mara", Role.OWNER, made.team), Role.OWNER, made.team)


@pytest.fixture
def oskar(made: Estate) -> Program:
    return a_program(an_account("Oskar", Role.OPERATOR), Role.OPERATOR)


def test_policies_with_what_they_found(owner: Program, made: Estate) -> None:
    listed = owner.get("policies", q="runbook", severity="warn", about="integration").json()
    [one] = [row for row in listed["policies"] if row["slug"] == "runbook"]
    assert (one["title"], one["failed"], one["passed"], one["shipped"]) == ("It has a runbook", 1, 0, False)
    assert listed["judged_at"] is not None
    whole = owner.get("policies/runbook").json()
    assert whole["expression"] == "integration.runbook != ''"
    assert whole["evidence"] == [{"name": "runbook", "says": "address of what to do when it stands still"}]
    assert owner.get("policies/nothing").status_code == 404
    assert owner.get("policies", severity="fatal").status_code == 422


def test_findings_are_narrowed(owner: Program, made: Estate) -> None:
    slug = made.integration.slug
    found = owner.get("findings", policy="runbook", verdict="fail", integration=slug, team=made.team.slug).json()
    [one] = found["findings"]
    assert (one["subject"], one["severity"], one["comes_from"], one["detail"]) == (
        slug,
        "warn",
        "company",
        "runbook is empty",
    )
    assert found["next"] is None
    assert owner.get("findings", policy="runbook", verdict="pass").json()["findings"] == []
    assert owner.get("findings", cursor="x").status_code == 422


def test_one_object_is_judged_by_its_team_and_everything_by_who_governs(
    owner: Program, oskar: Program, made: Estate
) -> None:
    Finding.objects.all().delete()
    one = owner.post("policies/run", {"subject_kind": "integration", "subject": made.integration.slug})
    assert (one.status_code, one.json()["subjects"]) == (200, 1)
    assert Finding.objects.filter(policy__slug="runbook").exists()
    assert owner.post("policies/run").status_code == 403
    assert owner.post("policies/run", {"subject": "x"}).status_code == 422
    assert owner.post("policies/run", {"subject_kind": "integration", "subject": "x"}).status_code == 404
    assert oskar.post("policies/run").json()["findings"] == Finding.objects.count()


def test_a_waiver_is_asked_for_once(owner: Program, made: Estate) -> None:
    until = (clock.now().date() + timedelta(days=9)).isoformat()
    body = {"policy": "runbook", "subject": made.integration.slug, "until": until, "reason": "It comes in March."}
    first = owner.post("waivers", body, key="one")
    again = owner.post("waivers", body, key="one")
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    assert Waiver.objects.count() == 1
    assert (first.json()["state"], first.json()["in_force"]) == ("asked", False)
    assert owner.post("waivers", body).status_code == 409
    assert owner.post("waivers", body | {"until": "2199-01-01"}).status_code == 422
    [one] = owner.get("waivers", policy="runbook", state="asked").json()["waivers"]
    assert (one["subject"], one["asked_by"], one["decided_by"]) == (made.integration.slug, "Mara", None)
    assert owner.get("waivers", state="granted").json()["waivers"] == []
