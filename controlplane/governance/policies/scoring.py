"""The scores of the day: of every integration, team and process, kept in one statement."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import Any, Final

import orjson
from django.db import connection

from controlplane.governance.models import ScoreDay
from controlplane.governance.policies.judging import Judgement
from controlplane.governance.rules.scores import scored

#: Days that a trend can go back.
KEPT: Final = timedelta(days=400)
_WRITE: Final = """
insert into governance_scoreday (day, "of", slug, value, passed, failed, waived, unjudged)
select day, "of", slug, value, passed, failed, waived, unjudged from jsonb_to_recordset(%s::jsonb) as score(
  day date, "of" text, slug text, value smallint, passed int, failed int, waived int, unjudged int)
on conflict ("of", slug, day) do update
set value = excluded.value, passed = excluded.passed, failed = excluded.failed, waived = excluded.waived,
    unjudged = excluded.unjudged
"""


def keep_day(found: Iterable[Judgement], day: date) -> None:
    """Keep how everything scores on this day, over what an earlier run of the day kept; forget what is too old."""
    rows = list(_rows(found, day))
    if rows:
        with connection.cursor() as cursor:
            cursor.execute(_WRITE, [orjson.dumps(rows).decode()])
    ScoreDay.objects.filter(day__lt=day - KEPT).delete()


def _rows(found: Iterable[Judgement], day: date) -> Iterator[dict[str, Any]]:
    verdicts: dict[tuple[str, str], list[tuple[str, str]]] = defaultdict(list)
    for one in found:
        fact = one.fact
        for of, slug in (("integration", fact.integration), ("team", fact.team), ("process", fact.process)):
            if slug:
                verdicts[of, slug].append((one.severity, one.verdict))
    for (of, slug), those in verdicts.items():
        score = scored(those)
        counts = {name: getattr(score, name) for name in ("passed", "failed", "waived", "unjudged")}
        yield {"day": day, "of": of, "slug": slug, "value": score.value, **counts}
