"""Running policies: over the whole estate, or at once over what somebody has just changed."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from django.db import connection, transaction

from controlplane.foundation import clock
from controlplane.governance.models import Finding, PolicyRun
from controlplane.governance.policies import keeping, scoring
from controlplane.governance.policies.judging import Judgement, judged, standing_policies
from controlplane.governance.policies.ship import ship

#: How long it is known when the estate was looked through.
RUNS_KEPT = timedelta(days=400)


@transaction.atomic
def run_everything() -> PolicyRun:
    """Judge the whole estate, keep what was found and the scores of the day; a constant number of statements.

    Brings the policies that come with Interlock first, where they are not there yet.
    """
    began = time.monotonic()
    ship()
    _one_at_a_time()
    now = clock.now()
    policies = standing_policies()
    found, subjects = judged(now, policies)
    keeping.keep(found, Finding.objects.all(), now)
    scoring.keep_day(found, now.date())
    PolicyRun.objects.filter(at__lt=now - RUNS_KEPT).delete()
    return PolicyRun.objects.create(
        at=now, seconds=time.monotonic() - began, policies=len(policies), subjects=subjects, findings=len(found)
    )


@transaction.atomic
def run_for(only: Mapping[str, Sequence[str]]) -> list[Judgement]:
    """Judge these subjects (slugs by kind) by every policy, now, and keep what was found."""
    _one_at_a_time()
    now = clock.now()
    found, _ = judged(now, standing_policies(), only)
    keeping.keep(found, keeping.of_subjects(only), now)
    return found


@transaction.atomic
def run_policy(slug: str) -> list[Judgement]:
    """Judge everything by one policy, as after it was changed, and keep what was found."""
    _one_at_a_time()
    now = clock.now()
    found, _ = judged(now, standing_policies([slug]))
    keeping.keep(found, Finding.objects.filter(policy__slug=slug), now)
    return found


def would_find(only: Mapping[str, Sequence[str]], now: datetime) -> list[Judgement]:
    """What is found of these subjects as they are in this transaction, without keeping it."""
    return judged(now, standing_policies(), only)[0] if any(only.values()) else []


def _one_at_a_time() -> None:
    """Two runs at once would each keep what the other has just replaced."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtext('interlock.policies.run'))")
