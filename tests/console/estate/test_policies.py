"""Policies and estate documents: what blocks refuses a document where it stands; a company's own come and go in one."""

from __future__ import annotations

from io import StringIO
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.core.management import CommandError, call_command

from controlplane.console.estate.export import as_yaml, export
from controlplane.governance.models import Finding, Policy, PolicyOverride, PolicyVersion
from controlplane.governance.policies.ship import ship, shipped
from controlplane.inventory.models import System
from tests.console.estate.conftest import ApplyIt, Document, complaint, small

pytestmark = pytest.mark.django_db

OWN: Document = {
    "title": "It has a purpose",
    "about": "integration",
    "severity": "block",
    "expression": "integration.purpose != ''",
    "remediation": "Say what it is for.",
    "passes": [{"purpose": "Invoices."}],
    "fails": [{"purpose": ""}],
}


def document(**own: Any) -> Document:
    return small() | {"policies": {"purpose": OWN | own}}


def written(folder: Path, what: Document) -> str:
    """The document as a file."""
    file = folder / "company.yaml"
    file.write_text(yaml.safe_dump(what, sort_keys=False))
    return str(file)


def test_what_blocks_refuses_the_document_and_says_where(apply_it: ApplyIt, tmp_path: Path) -> None:
    said = complaint(apply_it, document())
    assert said == ("integrations.invoices: the policy purpose blocks: purpose is empty. Say what it is for.")
    file = written(tmp_path, document())
    with pytest.raises(CommandError, match=r"company\.yaml:\d+:3: integrations\.invoices: the policy purpose blocks"):
        call_command("estate", "apply", file, stdout=StringIO())
    assert not Policy.objects.exists()


def test_a_plan_says_so_before(apply_it: ApplyIt, tmp_path: Path) -> None:
    out = StringIO()
    with pytest.raises(CommandError, match="the policy purpose blocks"):
        call_command("estate", "plan", written(tmp_path, document()), stdout=out)
    assert "+ policies.purpose" in out.getvalue()
    assert not Policy.objects.exists()


def test_what_only_warns_is_printed_and_kept(apply_it: ApplyIt, tmp_path: Path) -> None:
    out = StringIO()
    call_command("estate", "apply", written(tmp_path, document(severity="warn")), stdout=out)
    assert "! integrations.invoices: the policy purpose warns: purpose is empty. Say what it is for." in out.getvalue()
    assert Finding.objects.get(policy__slug="purpose").verdict == "fail"
    planned = StringIO()
    changed = document(severity="warn")
    changed["integrations"]["invoices"]["criticality"] = "low"
    with pytest.raises(SystemExit):
        call_command("estate", "plan", written(tmp_path, changed), stdout=planned)
    assert "! integrations.invoices: the policy purpose warns" in planned.getvalue()


def test_what_the_document_leaves_as_it_is_does_not_refuse_it(apply_it: ApplyIt) -> None:
    apply_it(small())
    apply_it({"policies": {"purpose": OWN}})
    again = small()
    again["systems"]["listener"]["hue"] = 10
    assert "systems.listener" in apply_it(again).changed
    assert System.objects.get(slug="listener").hue == 10


def test_shipped_policies_are_held_against_a_document_too(apply_it: ApplyIt) -> None:
    ship()
    unsigned = small()
    unsigned["endpoints"]["billing"]["scheme"] = "shared_token"
    assert "endpoints.billing: the policy signature-required blocks" in complaint(apply_it, unsigned)


def test_own_policies_and_exceptions_make_the_way_round(apply_it: ApplyIt) -> None:
    ship()
    exceptions = [{"reach": "team", "scope": "finance", "severity": "off", "reason": "They are sold."}]
    apply_it(
        small() | {"policies": {"purpose": OWN | {"severity": "warn"}, "retention-set": {"exceptions": exceptions}}}
    )
    exported = yaml.safe_load(as_yaml(export().document))
    assert exported["policies"] == {
        # Its severity is what it is when left out.
        "purpose": {name: value for name, value in OWN.items() if name != "severity"},
        "retention-set": {"exceptions": exceptions},
    }
    again = apply_it(exported)
    assert (again.created, again.changed) == ([], [])


def test_an_exception_brings_what_comes_with_interlock(apply_it: ApplyIt) -> None:
    exceptions = [{"reach": "company", "severity": "off", "reason": "We keep everything."}]
    apply_it({"policies": {"retention-set": {"exceptions": exceptions}}})
    policy = Policy.objects.select_related("current").get(slug="retention-set")
    assert policy.current is not None
    assert (policy.shipped, policy.current.content_hash) == (True, shipped()["retention-set"].hash)
    assert PolicyOverride.objects.get().severity == "off"


def test_changed_content_is_a_new_version(apply_it: ApplyIt) -> None:
    apply_it({"policies": {"purpose": OWN}})
    again = apply_it({"policies": {"purpose": OWN | {"severity": "warn"}}})
    assert again.created == ["policies.purpose v2"]
    assert [one.number for one in PolicyVersion.objects.order_by("number")] == [1, 2]


@pytest.mark.parametrize(
    ("own", "words"),
    [
        ({"expression": "integration.purpose !="}, "policies.purpose.expression: This is not an expression"),
        ({"expression": "integration.porpoise == ''"}, "There is no fact integration.porpoise"),
        ({"about": "planet"}, "there is no 'planet'"),
        ({"title": ""}, "policies.purpose needs 'title'."),
        ({"fails": [{"purpose": "Invoices."}]}, "Example 2 must fail, and passes."),
        ({"reach": "domain"}, "policies.purpose.scope: Say which domain"),
        ({"colour": "red"}, "there is no field 'colour'"),
        (
            {"exceptions": [{"reach": "team", "scope": "finance", "severity": "inform", "reason": "x"}]},
            "stricter than block",
        ),
        ({"exceptions": [{"reach": "team", "scope": "finance", "severity": "off"}]}, "needs 'reason'."),
    ],
)
def test_mistakes_are_told_as_others_are(apply_it: ApplyIt, own: Document, words: str) -> None:
    assert words in complaint(apply_it, {"policies": {"purpose": OWN | own}})


def test_a_policy_that_is_not_there_is_a_mistake(apply_it: ApplyIt) -> None:
    assert "there is no such policy" in complaint(apply_it, {"policies": {"purpose": {"exceptions": []}}})
