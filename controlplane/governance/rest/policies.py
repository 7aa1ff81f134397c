"""Policies, what they find, and waivers: read by everybody, asked for and run by those who may."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any, ClassVar

from django.db.models import QuerySet

from controlplane.audit.models import Via
from controlplane.foundation import clock
from controlplane.foundation.errors import NotFound
from controlplane.governance.facts import kind_called
from controlplane.governance.models import Finding, Waiver, WaiverState
from controlplane.governance.policies import listing
from controlplane.governance.policies.found import policy_called
from controlplane.governance.policies.listing import Row
from controlplane.governance.policies.rights import may_govern, require_govern
from controlplane.governance.policies.run import run_everything, run_for
from controlplane.governance.policies.waive import ask
from controlplane.governance.rest import policy_shapes as shapes
from controlplane.governance.rules.policy import fields_read
from controlplane.people.access import Access, Action
from controlplane.people.rest.operations import Call, operation
from controlplane.people.rest.views import ApiView

AREA = "Policies"
#: Of one page of a list.
PAGE = 200


class Policies(ApiView):
    """All policies."""

    area: ClassVar[str] = AREA

    @operation(shapes.PolicyList, asks=shapes.WhichPolicies)
    def get(self, call: Call) -> dict[str, Any]:
        """Every policy, those that block first, with how many subjects pass and fail."""
        asked = call.asked
        rows = listing.policies(
            severity=asked.get("severity", ""),
            about=asked.get("about", ""),
            team=asked.get("team", ""),
            text=asked.get("q", ""),
        )
        last = listing.last_run()
        return {"policies": [_policy(row) for row in rows], "judged_at": last.at if last else None}


class OnePolicy(ApiView):
    """One policy."""

    area: ClassVar[str] = AREA

    @operation(shapes.WholePolicy)
    def get(self, call: Call, policy: str) -> dict[str, Any]:  # noqa: ARG002 - the catalogue is open to everybody
        """Everything that a policy says, the facts it stands on, and the exceptions to it."""
        found = policy_called(policy)
        counts = listing.counted(listing.findings(policy=found.slug)).get(found.pk)
        row = Row(found, counts) if counts else Row(found, dict.fromkeys(("pass", "fail", "waived", "unjudged"), 0))
        version, facts = found.current, kind_called(found.about).fields
        if version is None:
            raise NotFound("There is no such policy.")
        names = ("applies_when", "expression", "remediation", "passes", "fails", "content_hash")
        return _policy(row) | {
            **{name: getattr(version, name) for name in names},
            "evidence": [
                {"name": name, "says": facts.get(name, "")} for name in fields_read(version.content(found.about))
            ],
            "exceptions": found.overrides.order_by("reach", "scope"),
        }


class PolicyRuns(ApiView):
    """Judging."""

    area: ClassVar[str] = AREA

    @operation(shapes.RunShape, takes=shapes.NewRun, writes=True)
    def post(self, call: Call) -> Any:
        """Judge the whole estate now, or one object, and keep what is found."""
        given = call.given
        if "subject" in given:
            return _judged(call.access, given["subject_kind"], given["subject"])
        require_govern(call.access)
        return run_everything()


class Findings(ApiView):
    """What was found."""

    area: ClassVar[str] = AREA

    @operation(shapes.FindingPage, asks=shapes.WhichFindings)
    def get(self, call: Call) -> dict[str, Any]:
        """What policies found of which subject, as it is now, 200 a page."""
        asked = call.asked
        names = {"policy": "policy", "verdict": "verdict", "severity": "severity", "subject_kind": "kind"}
        names |= {"subject": "subject", "team": "team", "integration": "integration"}
        rows = listing.findings(**{to: asked[name] for name, to in names.items() if name in asked})
        found, further = _page(rows, asked, ascending=True)
        return {"findings": [_finding(one) for one in found], "next": further}


class Waivers(ApiView):
    """Waivers."""

    area: ClassVar[str] = AREA

    @operation(shapes.WaiverPage, asks=shapes.WhichWaivers)
    def get(self, call: Call) -> dict[str, Any]:
        """Waivers that were asked for, the newest first, 200 a page."""
        asked = call.asked
        rows = listing.waivers()
        if "policy" in asked:
            rows = rows.filter(policy__slug=asked["policy"])
        if "state" in asked:
            rows = rows.filter(state=asked["state"])
        found, further = _page(rows, asked, ascending=False)
        return {"waivers": [_waiver(one) for one in found], "next": further}

    @operation(shapes.WaiverShape, takes=shapes.NewWaiver, writes=True, status=201)
    def post(self, call: Call) -> dict[str, Any]:
        """Ask that a policy is not held against exactly one subject; somebody else decides on its page."""
        given = call.given
        about = policy_called(given["policy"]).about
        made = ask(call.access, given["policy"], about, given["subject"], given["reason"], given["until"], via=Via.API)
        return _waiver(listing.waivers().get(pk=made.pk))


def _judged(access: Access, kind: str, slug: str) -> dict[str, Any]:
    """What judging one object did."""
    began, now = time.monotonic(), clock.now()
    fact = next(iter(kind_called(kind).about.listed([slug])), None)
    if fact is None:
        raise NotFound(f"There is no {kind[:40]} {slug[:120]!r}.", field="subject")
    if not may_govern(access):
        access.require(Action.CONFIGURE, fact.team_id)
    found = run_for({kind: [slug]})
    counts = {"policies": len({one.policy.pk for one in found}), "subjects": 1, "findings": len(found)}
    return {"at": now, "seconds": time.monotonic() - began, **counts}


def _page(rows: QuerySet[Any], asked: Mapping[str, Any], *, ascending: bool) -> tuple[list[Any], str | None]:
    """A page of rows, which are ordered by their number, and where the next begins."""
    if "cursor" in asked:
        rows = rows.filter(**{"pk__gt" if ascending else "pk__lt": int(asked["cursor"])})
    found = list(rows[: PAGE + 1])
    return found[:PAGE], str(found[PAGE - 1].pk) if len(found) > PAGE else None


def _policy(row: Row) -> dict[str, Any]:
    policy = row.policy
    return {
        "slug": policy.slug,
        "title": row.title,
        "about": policy.about,
        "severity": row.severity,
        "reach": policy.reach,
        "scope": policy.scope,
        "shipped": policy.shipped,
        "version": policy.current.number if policy.current else 0,
        "passed": row.passed,
        "failed": row.failed,
        "waived": row.waived,
        "unjudged": row.unjudged,
    }


def _finding(one: Finding) -> dict[str, Any]:
    names = ("id", "subject_kind", "subject", "name", "domain", "integration", "process", "environment")
    return {name: getattr(one, name) for name in (*names, "severity", "comes_from", "detail", "waived_until")} | {
        "policy": one.policy.slug,
        "version": one.version.number,
        "team": one.team.slug if one.team else None,
        "verdict": one.verdict_now,
        "since": one.since_now,
        "remediation": one.version.remediation,
    }


def _waiver(one: Waiver) -> dict[str, Any]:
    names = ("id", "subject_kind", "subject", "reason", "state", "asked_at", "expires_at", "decided_at", "words")
    return {name: getattr(one, name) for name in names} | {
        "policy": one.policy.slug,
        "in_force": one.state == WaiverState.GRANTED and not one.is_over,
        "owner": one.owner.name,
        "asked_by": one.asked_by.name,
        "decided_by": one.decided_by.name if one.decided_by else None,
    }
