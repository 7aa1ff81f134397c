"""What a policy says of an object: pass, fail, or that it cannot be judged; and how it holds in parts of a company."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from controlplane.foundation.errors import Invalid
from controlplane.governance.rules.effective import OFF, Effective, Override, Place, effective
from controlplane.governance.rules.policy import check, examined, judge
from controlplane.governance.rules.scores import scored
from controlplane.governance.rules.verdicts import Severity, Verdict
from controlplane.governance.rules.waiving import waived_until, with_waiver
from tests.governance.policies.given import content

KNOWN = {"runbook", "stage", "owner"}
NOW = datetime(2026, 11, 23, 13, tzinfo=UTC)


def test_a_verdict_says_the_facts_that_it_stands_on() -> None:
    passed, failed = judge(content(), {"runbook": "https://wiki.example"}), judge(content(), {"runbook": ""})
    assert passed is not None
    assert failed is not None
    assert (passed.verdict, passed.detail) == (Verdict.PASS, "runbook is https://wiki.example")
    assert (failed.verdict, failed.detail) == (Verdict.FAIL, "runbook is empty")


def test_where_a_policy_does_not_apply_nothing_is_found() -> None:
    assert judge(content(applies_when="integration.stage == 'live'"), {"stage": "retired", "runbook": ""}) is None


def test_what_nobody_knows_cannot_be_judged_and_says_what_is_missing() -> None:
    found = judge(content(), {"stage": "live"})
    assert found is not None
    assert (found.verdict, found.detail) == (Verdict.UNJUDGED, "There is no evidence: there is no field 'runbook'")


@pytest.mark.parametrize(
    ("other", "field", "words"),
    [
        ({"title": " "}, "title", "A policy needs its title."),
        ({"remediation": ""}, "remediation", "A policy needs its remediation."),
        ({"severity": "fatal"}, "severity", "There is no severity 'fatal'; there are: inform, warn, block."),
        ({"expression": "integration.runbook !="}, "expression", "This is not an expression"),
        ({"expression": "system.stage == 'live'"}, "expression", "A policy about this reads 'integration' alone"),
        ({"expression": "integration.runbok != ''"}, "expression", "There is no fact integration.runbok"),
        ({"passes": []}, "passes", "needs an example that must pass"),
        ({"fails": []}, "fails", "needs an example that must fail"),
        ({"fails": [{"runbook": "https://wiki.example"}]}, "fails", "Example 2 must fail, and passes."),
        ({"passes": [{"stage": "live"}]}, "passes", "Example 1 must pass, and could not be judged."),
        ({"passes": ["live"]}, "passes", "Examples are a list of objects"),
        ({"fails": 7}, "fails", "Examples are a list of objects"),
        ({"title": 7}, "title", "title is text."),
    ],
)
def test_what_cannot_be_a_policy_is_refused_by_its_field(other: dict[str, object], field: str, words: str) -> None:
    with pytest.raises(Invalid) as refused:
        check(content(**other), KNOWN)
    assert refused.value.field == field
    assert words in refused.value.detail


def test_a_fact_that_is_only_named_in_quotes_is_none() -> None:
    check(content(expression="!(integration.runbook in ['', 'integration.nothing'])"), KNOWN)


def test_each_example_says_what_came_of_it() -> None:
    first, second = examined(content())
    assert (first.number, first.expected, first.found, first.holds) == (1, Verdict.PASS, Verdict.PASS, True)
    assert (second.number, second.expected, second.found, second.holds) == (2, Verdict.FAIL, Verdict.FAIL, True)


HERE = Place(domain="sales", team="orders", integration="order-to-invoice")
SALES = Override("domain", "sales", "block")
ORDERS = Override("team", "orders", OFF, "They are audited apart.")
ONE = Override("integration", "order-to-invoice", "block")


@pytest.mark.parametrize(
    ("overrides", "severity", "comes_from"),
    [
        ([], "warn", "company"),
        ([SALES], "block", "domain sales"),
        ([ORDERS, SALES], OFF, "team orders"),
        ([ONE, ORDERS, SALES], "block", "integration order-to-invoice"),
        ([Override("domain", "service", OFF)], "warn", "company"),
    ],
)
def test_the_narrowest_exception_holds_and_says_where_it_comes_from(
    overrides: list[Override], severity: str, comes_from: str
) -> None:
    assert effective("warn", "company", "", overrides, HERE) == Effective(severity, comes_from)


def test_a_policy_made_for_a_domain_holds_there_alone() -> None:
    assert effective("warn", "domain", "sales", [], HERE) == Effective("warn", "domain sales")
    assert effective("warn", "domain", "service", [], HERE) is None
    assert effective("warn", "domain", "sales", [], Place()) is None


def test_a_score_is_of_what_could_be_judged_and_waivers_count_neither_way() -> None:
    score = scored([("block", "pass"), ("warn", "fail"), ("inform", "waived"), ("inform", "unjudged")])
    assert (score.passed, score.failed, score.waived, score.unjudged, score.total) == (1, 1, 1, 1, 4)
    assert score.value == 62  # 5 of 5 + 3


def test_without_evidence_there_is_no_number() -> None:
    assert scored([]).value is None
    assert scored([("inform", "pass"), ("warn", "unjudged")]).value is None
    assert scored([("warn", "waived")]).value is None


@given(st.lists(st.tuples(st.sampled_from(list(Severity)), st.sampled_from(list(Verdict)))))
def test_only_what_passes_entirely_has_a_hundred(found: list[tuple[Severity, Verdict]]) -> None:
    score = scored(found)
    if score.value == 100:
        assert score.failed == 0
        assert score.passed > 0
    if score.failed:
        assert score.value is None or score.value < 100


TARGETS = st.tuples(st.integers(1, 3), st.sampled_from(["integration", "endpoint"]), st.sampled_from(["a", "b"]))
AROUND = st.integers(-400, 400).map(lambda hours: NOW + timedelta(hours=hours))


@given(st.dictionaries(TARGETS, AROUND), TARGETS, st.sampled_from([Verdict.PASS, Verdict.FAIL, Verdict.UNJUDGED]))
def test_a_waiver_silences_exactly_its_target_until_it_expires(
    waivers: dict[tuple[int, str, str], datetime], target: tuple[int, str, str], verdict: Verdict
) -> None:
    found = with_waiver(verdict, waived_until(waivers, target, NOW), NOW)
    holds = target in waivers and waivers[target] > NOW
    assert found is (Verdict.WAIVED if holds and verdict is Verdict.FAIL else verdict)
