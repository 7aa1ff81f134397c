"""The check of a change that says what its consumers say."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from django.db.models import Max

from controlplane.contracts.consumers.affected import in_a_sentence
from controlplane.contracts.consumers.asking import CHECK, NAMED, SETTLED, asked_of, touched_in
from controlplane.contracts.lifecycle.subject import NAME, SUNSET
from controlplane.contracts.models import Answer, Confirmation, Standing
from controlplane.governance.kinds import CheckOf, Found
from controlplane.governance.models import ChangeRequest, ChangeState, Revision

TITLE: Final = "Its consumers have confirmed"
#: In this order: what is worst first.
_ORDER: Final = (Standing.REFUSED, Standing.STALE, Standing.WAITING, Standing.OVERRIDDEN, Standing.CONFIRMED)


def checks_of(revision: Revision) -> Sequence[CheckOf]:
    """Of versions, and of sunsets: whom a version that goes would leave behind holds it on its day, not before."""
    change = revision.change
    if change.kind not in {NAME, SUNSET} or revision.content.get("stays"):
        return ()
    return [CheckOf(CHECK, TITLE, lambda: _found(revision), required=change.kind == NAME)]


def _found(revision: Revision) -> Found:
    change = ChangeRequest.objects.select_related("current").get(pk=revision.change_id)
    if change.state == ChangeState.DRAFT:
        return Found(passed=False, detail="Nobody is asked before it is put before the board.")
    asked = [one for one in asked_of(change) if one.state != Standing.RELEASED]
    if not asked:
        return Found(passed=True, detail=f"Nobody is asked. {in_a_sentence(list(touched_in(change).values()))}")
    said = _last_said(asked)
    parts = [_told(state, [one for one in asked if one.state == state], said) for state in _ORDER]
    missing = [one for one in asked if one.state not in SETTLED]
    lead = f"{len(asked) - len(missing)} of {len(asked)} settled."
    return Found(passed=not missing, detail=" ".join([lead, *filter(None, parts)]))


def _last_said(asked: Iterable[Confirmation]) -> dict[int, Answer]:
    """What was said last for each."""
    newest = Answer.objects.filter(confirmation__in=list(asked)).values("confirmation").annotate(last=Max("pk"))
    rows = Answer.objects.filter(pk__in=newest.values("last")).select_related("person")
    return {one.confirmation_id: one for one in rows}


def _told(state: Standing, rows: Sequence[Confirmation], said: dict[int, Answer]) -> str:
    if not rows:
        return ""
    more = f", and {len(rows) - NAMED} more" if len(rows) > NAMED else ""
    return f"{state.label}: {'; '.join(_one(one, said.get(one.pk)) for one in rows[:NAMED])}{more}."


def _one(row: Confirmation, last: Answer | None) -> str:
    if row.state == Standing.WAITING:
        return f"{row.name} (until {row.due_at:%-d %b %Y})"
    if row.state == Standing.STALE:
        return f"{row.name} (had until {row.due_at:%-d %b %Y}; the board may say that it goes ahead without it)"
    if last is None:
        return row.name
    words = f": {last.words[:200].rstrip('.')}" if last.words else ""
    return f"{row.name} ({last.person.name}{words})"
