"""Policies as people see them: which rules there are, what they find, who changes them, who decides on waivers."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils.html import strip_tags

from controlplane.foundation import clock
from controlplane.governance.models import Finding, Policy, PolicyOverride, PolicyRun, Waiver
from controlplane.governance.policies.run import run_everything
from controlplane.people.roles import Role
from tests.governance.policies.given import a_policy
from tests.transactions.factories import Estate, an_account, estate

pytestmark = pytest.mark.django_db

HERE = "/access/policies/"
RUNBOOK = f"{HERE}runbook/"


def text(answer: Any, status: int = 200) -> str:
    """What a person reads."""
    assert answer.status_code == status, answer.content[:500]
    return re.sub(r"\s+", " ", strip_tags(answer.content.decode()))


@pytest.fixture
def made() -> Estate:
    found = estate()
    a_policy()
    run_everything()
    return found


def signed_in(name: str, role: Role, made: Estate | None = None) -> Client:
    """A client of somebody with that role, in the estate's team or in the whole company."""
    client = Client()
    client.force_login(an_account(name, role, made.team if made else None))
    return client


@pytest.fixture
def owner(made: Estate) -> Client:
    return signed_in("Mara", Role.OWNER, made)


@pytest.fixture
def board(made: Estate) -> Client:
    return signed_in("Jonas", Role.BOARD)


def in_days(days: int) -> str:
    return (clock.now().date() + timedelta(days=days)).isoformat()


def asked(client: Client, made: Estate, **other: str) -> Any:
    given = {"subject": made.integration.slug, "until": in_days(20), "reason": "The vendor has none before March."}
    return client.post(f"{RUNBOOK}waivers/", given | other)


def said(**other: str) -> Mapping[str, str]:
    """What is filled in to change the policy about runbooks."""
    return {
        "title": "It has a runbook in the wiki",
        "severity": "block",
        "expression": "integration.runbook.startsWith('https://wiki.')",
        "applies_when": "",
        "remediation": "Write it down there.",
        "passes": json.dumps([{"runbook": "https://wiki.example"}]),
        "fails": json.dumps([{"runbook": ""}]),
        "reason": "It was everywhere.",
        "based_on": "1",
        "act": "keep",
    } | other


def test_everybody_sees_the_policies_and_how_many_fail(owner: Client) -> None:
    page = text(owner.get(HERE))
    assert "It has a runbookrunbook your own warn integration 1 0 0 0" in page
    assert "New policy" not in page
    assert "objects judged by" in page


def test_the_list_is_narrowed_by_severity_subject_team_and_words(owner: Client, made: Estate) -> None:
    assert "It has a runbook" not in text(owner.get(f"{HERE}?severity=block"))
    assert "It has a runbook" not in text(owner.get(f"{HERE}?about=endpoint"))
    assert "It has a runbook" in text(owner.get(f"{HERE}?team={made.team.slug}&q=runbook"))
    assert "No policy is like that" in text(owner.get(f"{HERE}?q=nothing-of-that"))
    assert owner.get(f"{HERE}?severity=fatal").status_code == 400
    assert owner.get(f"{HERE}?q=%00").status_code == 400


def test_a_fresh_installation_says_that_nothing_was_judged(client: Client) -> None:
    client.force_login(an_account("Oskar", Role.OPERATOR))
    page = text(client.get(HERE))
    assert "Nothing was judged yet." in page
    assert "No policies yet" in page
    assert "No scorecards yet" in text(client.get("/access/scorecards/"))


def test_a_run_that_is_too_long_ago_is_said_to_be(owner: Client) -> None:
    PolicyRun.objects.update(at=clock.now() - timedelta(hours=5))
    assert "longer ago than it should be" in text(owner.get(HERE))


def test_one_policy_shows_what_it_says_its_tests_and_what_it_found(owner: Client, made: Estate) -> None:
    page = text(owner.get(RUNBOOK))
    assert "integration.runbook != " in page
    assert "runbook address of what to do when it stands still" in page
    assert f"{made.integration.name}{made.team.name}" in page
    assert "runbook is empty" in page
    assert "As it must" in page
    assert "Change it" not in page
    assert "Nothing found" in text(owner.get(f"{RUNBOOK}?verdict=pass"))
    assert owner.get(f"{RUNBOOK}?verdict=nothing").status_code == 400
    assert owner.get(f"{RUNBOOK}?after=x").status_code == 400
    assert owner.get(f"{HERE}no-such-policy/").status_code == 404


def test_who_does_not_govern_changes_nothing(owner: Client) -> None:
    assert owner.get(f"{HERE}new/").status_code == 403
    assert owner.post(f"{RUNBOOK}edit/", said()).status_code == 403
    assert owner.post(f"{HERE}run/").status_code == 403
    given = {"reach": "team", "scope": "x", "severity": "off", "reason": "Why not."}
    assert owner.post(f"{RUNBOOK}exceptions/", given).status_code == 403
    assert Policy.objects.get(slug="runbook").versions.count() == 1


def test_trying_runs_the_examples_and_keeps_nothing(board: Client) -> None:
    page = text(board.post(f"{RUNBOOK}edit/", said(act="try")))
    assert "As it must" in page
    refused = text(board.post(f"{RUNBOOK}edit/", said(act="try", fails='[{"runbook": "https://wiki.x"}]')), 422)
    assert "Example 2 must fail, and passes." in refused
    assert Policy.objects.get(slug="runbook").versions.count() == 1


def test_a_change_is_the_next_version_and_everything_is_judged_by_it(board: Client) -> None:
    answer = board.post(f"{RUNBOOK}edit/", said(), follow=True)
    assert "It holds from now on" in text(answer)
    policy = Policy.objects.select_related("current").get(slug="runbook")
    assert policy.current is not None
    assert (policy.current.number, policy.current.severity) == (2, "block")
    assert Finding.objects.get(policy=policy).severity == "block"


def test_what_somebody_else_changed_meanwhile_is_not_written_over(board: Client) -> None:
    board.post(f"{RUNBOOK}edit/", said())
    late = board.post(f"{RUNBOOK}edit/", said(title="Mine"))
    assert "Version 2 was made meanwhile" in text(late, 409)


@pytest.mark.parametrize(
    ("other", "words"),
    [
        ({"expression": "integration.runbook !="}, "This is not an expression"),
        ({"expression": "integration.nothing == 1"}, "There is no fact integration.nothing"),
        ({"passes": "none"}, "Write a list of objects"),
        ({"passes": '"text"'}, "Write a list of objects"),
        ({"passes": "7"}, "Write a list of objects"),
        ({"reason": ""}, "This field is required"),
    ],
)
def test_what_cannot_be_kept_is_said_at_its_field(board: Client, other: dict[str, str], words: str) -> None:
    assert words in text(board.post(f"{RUNBOOK}edit/", said(**other)), 422)


def test_a_new_policy_is_made_and_judged_by(board: Client) -> None:
    given = {**said(), "about": "integration", "slug": "in-the-wiki", "reach": "company", "scope": ""}
    assert text(board.get(f"{HERE}new/"))
    answer = board.post(f"{HERE}new/", given, follow=True)
    assert "runbook is empty" in text(answer)
    assert "There is a policy" in text(board.post(f"{HERE}new/", given), 409)
    assert "call the policy otherwise" in text(board.post(f"{HERE}new/", {**given, "slug": "run"}), 422)


def test_an_exception_is_made_and_taken_back(board: Client, made: Estate) -> None:
    given = {"reach": "team", "scope": made.team.slug, "severity": "off", "reason": "It is sold in May."}
    page = text(board.post(f"{RUNBOOK}exceptions/", given, follow=True))
    assert f"team {made.team.slug}: switched off" in page
    assert "Nothing found" in page
    milder = board.post(f"{RUNBOOK}exceptions/", given | {"severity": "inform"})
    assert "An exception is stricter than warn" in text(milder, 422)
    taken = {"act": "remove", "reach": "team", "scope": made.team.slug}
    assert "Nothing found" not in text(board.post(f"{RUNBOOK}exceptions/", taken, follow=True))
    assert not PolicyOverride.objects.exists()


def test_a_waiver_is_asked_for_by_one_and_granted_by_another(owner: Client, board: Client, made: Estate) -> None:
    assert "It is asked for." in text(owner.get(asked(owner, made).headers["location"]))
    waiver = Waiver.objects.get()
    assert "Waivers that wait for a decision" in text(board.get(HERE))
    refused = owner.post(f"/access/waivers/{waiver.pk}/", {"act": "grant"}, follow=True)
    assert "somebody else decides" in text(refused)
    granted = board.post(f"/access/waivers/{waiver.pk}/", {"act": "grant"}, follow=True)
    assert "The waiver is granted." in text(granted)
    assert Finding.objects.get(policy__slug="runbook").verdict == "waived"
    ended = board.post(f"/access/waivers/{waiver.pk}/", {"act": "end", "words": "It is written."}, follow=True)
    assert "The waiver is ended early." in text(ended)
    assert Finding.objects.get(policy__slug="runbook").verdict == "fail"


def test_a_waiver_that_cannot_be_is_said_at_its_field(owner: Client, made: Estate) -> None:
    assert "within a year" in text(asked(owner, made, until=in_days(500)), 422)
    assert "There is no integration" in text(asked(owner, made, subject="nothing"), 404)
    assert "Enter a valid date" in text(asked(owner, made, until="soon"), 422)
    assert owner.post("/access/waivers/987654/", {"act": "grant"}).status_code == 404
    assert owner.post("/access/waivers/987654/", {"act": "burn"}).status_code == 404


def test_everything_is_judged_now_by_who_governs(board: Client) -> None:
    Finding.objects.all().delete()
    assert "objects were judged by" in text(board.post(f"{HERE}run/", follow=True))
    assert Finding.objects.filter(policy__slug="runbook").exists()


def test_scorecards_are_worst_first_and_say_what_the_number_is_of(owner: Client, made: Estate) -> None:
    page = text(owner.get("/access/scorecards/"))
    assert made.team.name in page
    assert made.integration.name in text(owner.get("/access/scorecards/?of=integration"))
    assert "None is called so" in text(owner.get("/access/scorecards/?q=nothing-of-that"))
    assert owner.get("/access/scorecards/?of=planet").status_code == 400


def test_an_integration_shows_its_scorecard(owner: Client, made: Estate) -> None:
    page = text(owner.get(f"/integrations/{made.integration.slug}/"))
    assert "Scorecard" in page
    assert "It has a runbook" in page
    assert "could not be judged." in page
    assert "Fail a policy 1" in text(owner.get("/integrations/?show=failing"))
    assert "The lowest score first" in text(owner.get("/integrations/?sort=score"))
    assert owner.get("/integrations/?sort=name").status_code == 400


def test_nobody_sees_any_of_it_without_signing_in(client: Client, made: Estate) -> None:
    for address in (HERE, RUNBOOK, f"{HERE}new/", f"{RUNBOOK}edit/", "/access/scorecards/"):
        assert client.get(address).headers["location"] == f"/signin/?next={address}"
