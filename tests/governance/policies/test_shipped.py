"""The policies that come with Interlock: each passes its own tests, and shipping keeps what a company changed."""

from __future__ import annotations

from dataclasses import replace

import pytest

from controlplane.governance.facts import kind_called
from controlplane.governance.models import Policy, PolicyVersion
from controlplane.governance.policies import ship as shipping
from controlplane.governance.policies.ship import ship, shipped
from controlplane.governance.policies.versions import add_version
from controlplane.governance.policies.write import check_content
from controlplane.governance.rules.policy import Content, examined, fields_read
from tests.governance.policies.given import content


@pytest.mark.parametrize("slug", list(shipped()))
def test_it_passes_its_own_tests_and_reads_facts_that_there_are(slug: str) -> None:
    policy = shipped()[slug]
    check_content(policy)
    assert len(policy.passes) >= 1
    assert len(policy.fails) >= 1
    assert [one.number for one in examined(policy) if not one.holds] == []
    assert set(fields_read(policy)) <= set(kind_called(policy.about).fields)
    assert fields_read(policy)


@pytest.mark.parametrize("slug", list(shipped()))
def test_without_evidence_it_never_passes(slug: str) -> None:
    """Of an object of which nothing is known, nothing is said to be well."""
    from controlplane.governance.rules.policy import judge
    from controlplane.governance.rules.verdicts import Verdict

    judged = judge(shipped()[slug], {})
    assert judged is not None
    assert judged.verdict is Verdict.UNJUDGED
    assert judged.detail.startswith("There is no evidence")


@pytest.mark.django_db
def test_shipping_again_does_nothing() -> None:
    first = ship()
    assert set(first.made) == set(shipped())
    again = ship()
    assert (again.made, again.renewed, again.kept) == ((), (), ())
    assert PolicyVersion.objects.count() == len(shipped())


@pytest.mark.django_db
def test_a_newer_interlock_renews_what_the_company_left_as_it_came(monkeypatch: pytest.MonkeyPatch) -> None:
    ship()
    newer = replace(shipped()["retention-set"], severity="inform")
    _ships(monkeypatch, {**shipped(), "retention-set": newer})
    assert ship().renewed == ("retention-set",)
    policy = Policy.objects.select_related("current").get(slug="retention-set")
    assert policy.current is not None
    assert (policy.current.number, policy.current.severity) == (2, "inform")


@pytest.mark.django_db
def test_what_the_company_changed_is_never_overwritten(monkeypatch: pytest.MonkeyPatch) -> None:
    ship()
    policy = Policy.objects.select_related("current").get(slug="retention-set")
    own = replace(shipped()["retention-set"], title="Kept for as long as the law asks")
    add_version(policy, own, reason="Ours.")
    newer = replace(shipped()["retention-set"], severity="inform")
    _ships(monkeypatch, {**shipped(), "retention-set": newer})
    assert ship().kept == ("retention-set",)
    policy.refresh_from_db()
    assert policy.current is not None
    assert policy.current.title == "Kept for as long as the law asks"


@pytest.mark.django_db
def test_a_policy_of_the_companys_own_by_that_name_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    own = Policy.objects.create(slug="retention-set", about="integration")
    add_version(own, content())
    made = ship().made
    assert "retention-set" not in made
    own.refresh_from_db()
    assert not own.shipped


def _ships(monkeypatch: pytest.MonkeyPatch, policies: dict[str, Content]) -> None:
    monkeypatch.setattr(shipping, "shipped", lambda: policies)
