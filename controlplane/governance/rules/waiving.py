"""Waivers: of one policy for exactly one subject, until they expire."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from controlplane.governance.rules.verdicts import Verdict

#: A policy's key, and the kind and slug of a subject: what one waiver silences.
Target = tuple[int, str, str]
#: The longest that one may hold.
LONGEST: Final = timedelta(days=365)
#: So long before its end, those concerned are told.
TOLD_BEFORE: Final = timedelta(days=14)


def with_waiver(verdict: Verdict, until: datetime | None, now: datetime) -> Verdict:
    """A verdict where a waiver holds ``until`` then (None: there is none): only what fails is silenced by it."""
    silenced = verdict is Verdict.FAIL and until is not None and until > now
    return Verdict.WAIVED if silenced else verdict


def waived_until(waivers: Mapping[Target, datetime], target: Target, now: datetime) -> datetime | None:
    """Until when a waiver of exactly this policy and subject holds; None where none does."""
    until = waivers.get(target)
    return until if until is not None and until > now else None
