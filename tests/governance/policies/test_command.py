"""``manage.py policies``: for people and for pipelines, which read how it ends."""

from __future__ import annotations

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from controlplane.governance.models import Finding
from controlplane.governance.policies.ship import shipped
from controlplane.governance.policies.versions import add_version
from controlplane.governance.tasks import run_policies
from tests.governance.policies.given import a_policy, content
from tests.transactions.factories import Estate, estate

pytestmark = pytest.mark.django_db


@pytest.fixture
def made() -> Estate:
    return estate()


def said(*arguments: str) -> str:
    out = StringIO()
    call_command("policies", *arguments, stdout=out)
    return out.getvalue()


def test_run_says_what_fails_and_ends_well_when_nothing_blocks(made: Estate) -> None:
    out = said("run")
    slug = made.integration.slug
    assert f"warn integration:{slug}: retention-set. stage is live, retention_days is empty. State the days" in out
    assert Finding.objects.filter(policy__slug="retention-set", verdict="fail").exists()


def test_run_ends_with_two_when_something_fails_that_blocks(made: Estate) -> None:
    a_policy(severity="block")
    with pytest.raises(SystemExit) as ended:
        said("run")
    assert ended.value.code == 2
    with pytest.raises(SystemExit) as ended:
        said("run", "--subject", f"integration:{made.integration.slug}", "--json")
    assert ended.value.code == 2


def test_run_for_programs(made: Estate) -> None:
    found = json.loads(said("run", "--json"))
    [one] = [row for row in found if row["policy"] == "retention-set"]
    assert (one["verdict"], one["severity"], one["subject"]) == ("fail", "warn", f"integration:{made.integration.slug}")


def test_one_object_that_is_not_there(made: Estate) -> None:
    for subject in ("integration:nothing", "planet:earth", "integration"):
        with pytest.raises(CommandError, match=r"There (is|are) no"):
            said("run", "--subject", subject)


def test_test_runs_every_example(made: Estate) -> None:
    assert said("ship") == f"{len(shipped())} made, 0 renewed, 0 of your own kept\n"
    assert said("test").endswith("0 not as they must be\n")
    policy = a_policy()
    add_version(policy, content(fails=[{"runbook": "https://wiki.example"}]))
    out = StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("policies", "test", "runbook", stdout=out)
    assert ended.value.code == 1
    assert "runbook: example 2 must fail: passes. runbook is https://wiki.example" in out.getvalue()
    with pytest.raises(CommandError, match="There is no policy 'nothing'"):
        said("test", "nothing")


def test_list_names_them_with_what_they_found(made: Estate) -> None:
    a_policy()
    said("run")
    assert "runbook (integration, warn): It has a runbook. 1 fail.\n" in said("list")
    rows = {row["slug"]: row for row in json.loads(said("list", "--json"))}
    assert rows["runbook"]["fail"] == 1


def test_the_clock_judges_everything(made: Estate) -> None:
    run_policies()
    assert Finding.objects.exists()
