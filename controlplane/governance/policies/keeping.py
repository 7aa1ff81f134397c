"""Keeping what was found: only what is other than before is written, in one statement for all of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

import orjson
from django.db import connection
from django.db.models import QuerySet

from controlplane.governance.models import Finding
from controlplane.governance.policies.judging import Judgement
from controlplane.governance.rules.verdicts import Verdict

Place = tuple[int, str, str]
_COPIED: Final = (
    "version_id",
    "name",
    "team_id",
    "domain",
    "integration",
    "process",
    "environment",
    "severity",
    "comes_from",
    "verdict",
    "detail",
    "waived_until",
)
_COLUMNS: Final = ("policy_id", "subject_kind", "subject", *_COPIED, "since")
#: As one value: the number of statements and parameters is the same for one finding and for thirty thousand.
_WRITE: Final = f"""
insert into governance_finding ({", ".join(_COLUMNS)})
select {", ".join(_COLUMNS)} from jsonb_to_recordset(%s::jsonb) as found(
  policy_id bigint, subject_kind text, subject text, version_id bigint, name text, team_id bigint, domain text,
  integration text, process text, environment text, severity text, comes_from text, verdict text, detail text,
  waived_until timestamptz, since timestamptz)
on conflict (policy_id, subject_kind, subject) do update
set {", ".join(f"{name} = excluded.{name}" for name in (*_COPIED, "since"))}
"""
_REMOVE: Final = "delete from governance_finding where id = any(%s)"


def keep(found: Iterable[Judgement], before: QuerySet[Finding], now: datetime) -> None:
    """Make the findings of ``before`` what was ``found``: what does not apply any more goes."""
    known = {
        (row["policy_id"], row["subject_kind"], row["subject"]): row
        for row in before.values("id", "since", "policy_id", "subject_kind", "subject", *_COPIED)
    }
    rows = [_row(one) for one in found]
    places = {_place(row) for row in rows}
    changed = [row | {"since": _since(row, known, now)} for row in rows if _differs(row, known.get(_place(row)))]
    gone = [row["id"] for place, row in known.items() if place not in places]
    with connection.cursor() as cursor:
        if changed:
            cursor.execute(_WRITE, [orjson.dumps(changed).decode()])
        if gone:
            cursor.execute(_REMOVE, [gone])


def _row(one: Judgement) -> dict[str, Any]:
    fact = one.fact
    return {
        "policy_id": one.policy.pk,
        "subject_kind": one.kind,
        "subject": fact.slug,
        "version_id": one.policy.current_id,
        "name": fact.name,
        "team_id": fact.team_id,
        "domain": fact.domain,
        "integration": fact.integration,
        "process": fact.process,
        "environment": fact.environment,
        "severity": str(one.severity),
        "comes_from": one.comes_from,
        "verdict": str(one.verdict),
        "detail": one.detail.replace("\0", ""),
        "waived_until": one.waived_until,
    }


def _place(row: Mapping[str, Any]) -> Place:
    return row["policy_id"], row["subject_kind"], row["subject"]


def _differs(row: Mapping[str, Any], before: Mapping[str, Any] | None) -> bool:
    return before is None or any(row[name] != before[name] for name in _COPIED)


def _since(row: Mapping[str, Any], known: Mapping[Place, Mapping[str, Any]], now: datetime) -> datetime:
    """Since when it is so; what a waiver silenced fails again since that has expired."""
    before = known.get(_place(row))
    if before is None:
        return now
    since: datetime = before["since"]
    until: datetime | None = before["waived_until"]
    if before["verdict"] == row["verdict"]:
        return since
    is_over = before["verdict"] == Verdict.WAIVED and until is not None and until <= now
    return until if is_over and until is not None and row["verdict"] == Verdict.FAIL else now


def of_subjects(only: Mapping[str, Sequence[str]]) -> QuerySet[Finding]:
    """The findings of these subjects, by kind."""
    found = Finding.objects.none()
    for kind, slugs in only.items():
        found = found | Finding.objects.filter(subject_kind=kind, subject__in=list(slugs))
    return found
