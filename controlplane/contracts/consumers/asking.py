"""Each consumer that a proposed change touches is asked whether it can live with it, until when, and by which hash.

It is looked at again whenever somebody declares something else, and every hour: who is touched now and was not is
asked, and who is not touched any more does not stand in the way.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any, Final

from django.db.models import Q, QuerySet

from controlplane.contracts.consumers.affected import Touched, touched_by
from controlplane.contracts.consumers.known import ROUNDS, Consumer, Key
from controlplane.contracts.consumers.leaving import left_behind
from controlplane.contracts.lifecycle.subject import NAME, SUNSET, contract_of, version_of
from controlplane.contracts.models import (
    Answer,
    Confirmation,
    Contract,
    ContractVersion,
    Dependency,
    Said,
    Standing,
    Sunset,
)
from controlplane.foundation import clock
from controlplane.governance.changes.check import ask_anew
from controlplane.governance.models import ChangeRequest, ChangeState

#: The check of governance that says what came of it.
CHECK: Final = "confirmations"
#: So long they have; who comes seldom two of its rounds, and nobody longer than a season.
ANSWER_WITHIN: Final = timedelta(days=10)
LONGEST_WAIT: Final = timedelta(days=90)
#: Of what touches one consumer, kept with what it was asked; and whom an answer is missing of, named in a sentence.
KEPT: Final = 20
NAMED: Final = 5
#: In these it does not stand in the way.
SETTLED: Final = (Standing.CONFIRMED, Standing.OVERRIDDEN, Standing.RELEASED)
_NO_CONSUMER: Final = "it is no consumer any more"
#: How it stands after each word.
STANDS: Final = {
    Said.CONFIRMED: Standing.CONFIRMED,
    Said.REFUSED: Standing.REFUSED,
    Said.OVERRIDDEN: Standing.OVERRIDDEN,
}


def ask(change: ChangeRequest) -> None:
    """Ask everybody whom the current revision touches now, and find out again how it stands. ``change`` is locked."""
    look_again(change)
    ask_anew(change, CHECK)


def look_again(change: ChangeRequest) -> bool:
    """Whether anybody else is touched now than was asked; they are asked, and the others let go."""
    touched = touched_in(change)
    standing = {_key(one): one for one in asked_of(change)}
    asked = [_ask(change, one, standing.get(key)) for key, one in touched.items() if one.findings]
    released = [_release(row, touched.get(key)) for key, row in standing.items()]
    return any(asked) or any(released)


def touched_in(change: ChangeRequest) -> Mapping[Key, Touched]:
    """Every consumer of what a change is about, with whether its current revision touches it."""
    found = _TOUCHED[change.kind](change) if change.kind in _TOUCHED else []
    return {one.consumer.key: one for one in found}


def asked_of(change: ChangeRequest) -> QuerySet[Confirmation]:
    """Who was asked about its current revision, by name."""
    rows = Confirmation.objects.filter(change=change, revision=change.current_id)
    return rows.select_related("team", "integration", "dependency").order_by("name", "pk")


def missing_of(change: ChangeRequest) -> list[Confirmation]:
    """Whose answer its current revision lacks, or who refused it."""
    return list(asked_of(change).exclude(state__in=SETTLED))


def hindrance(change: ChangeRequest) -> str:
    """Who stands in the way of it, in words: an answer may have come while the check was running."""
    missing = missing_of(change)
    listed = ", ".join(f"{one.name} ({one.get_state_display().lower()})" for one in missing[:NAMED])
    return f"Consumers have not confirmed it: {listed}." if missing else ""


def taken_up(change: ChangeRequest, version: ContractVersion) -> None:
    """Who confirmed what is published now works with it."""
    confirmed = asked_of(change).filter(state=Standing.CONFIRMED, dependency__newest__isnull=False)
    Dependency.objects.filter(pk__in=confirmed.values("dependency")).update(newest=version.number)


def asking() -> QuerySet[ChangeRequest]:
    """Changes whose consumers are asked: what is before a board, and sunsets that are announced."""
    undecided = Q(kind__in=_TOUCHED, state__in=[ChangeState.PROPOSED, ChangeState.APPROVED])
    announced = Sunset.objects.filter(retired_at=None).values("change")
    return ChangeRequest.objects.filter(undecided | Q(pk__in=announced, state=ChangeState.APPLIED))


def asking_about(contract: Contract) -> QuerySet[ChangeRequest]:
    """Those about a contract, or a version of it."""
    about = Q(kind=NAME, subject_id=contract.slug) | Q(kind=SUNSET, subject_id__startswith=f"{contract.slug}/")
    return asking().filter(about)


def asking_of(contract: Contract) -> list[ChangeRequest]:
    """The same, locked, always in the same order."""
    rows = asking_about(contract).select_for_update(of=("self",)).select_related("current", "board", "team")
    return list(rows.order_by("pk"))


def due_of(consumer: Consumer) -> timedelta:
    """How long it has to answer."""
    cadence = consumer.declared.cadence if consumer.declared else None
    return min(LONGEST_WAIT, max(ANSWER_WITHIN, ROUNDS * cadence)) if cadence else ANSWER_WITHIN


def _by_version(change: ChangeRequest) -> Sequence[Touched]:
    revision = change.revision
    return touched_by(contract_of(change.subject), revision.base or {}, revision.content)


def _by_sunset(change: ChangeRequest) -> Sequence[Touched]:
    return [] if change.revision.content.get("stays") else left_behind(version_of(change.subject))


_TOUCHED: Final[Mapping[str, Callable[[ChangeRequest], Sequence[Touched]]]] = {NAME: _by_version, SUNSET: _by_sunset}


def _key(row: Confirmation) -> Key:
    return Key(row.integration_id, None if row.integration_id is not None else row.dependency_id)


def _ask(change: ChangeRequest, touched: Touched, row: Confirmation | None) -> bool:
    """Whether that is news: for the first time, or again where it was not concerned meanwhile."""
    consumer, now = touched.consumer, clock.now()
    if row is not None and row.state != Standing.RELEASED:
        _refresh(row, touched)
        return False
    asked = row or Confirmation(change=change, revision=change.revision, integration=consumer.integration)
    asked.name, asked.asked_at, asked.due_at = consumer.name, now, now + due_of(consumer)
    asked.state, asked.stale_at, asked.released_why = (_said_last(row) if row else Standing.WAITING), None, ""
    asked.dependency, asked.team, asked.findings = consumer.declared, consumer.team, _kept(touched)
    asked.save()
    return True


def _refresh(row: Confirmation, touched: Touched) -> None:
    """Whose it is and what touches it, as it is now."""
    now = {"dependency": touched.consumer.declared, "team": touched.consumer.team, "findings": _kept(touched)}
    if differing := [name for name, value in now.items() if getattr(row, name) != value]:
        for name in differing:
            setattr(row, name, now[name])
        row.save(update_fields=differing)


def _release(row: Confirmation, touched: Touched | None) -> bool:
    """Whether it was asked, and is not touched any more."""
    if row.state == Standing.RELEASED or (touched is not None and touched.findings):
        return False
    row.state, row.released_why = Standing.RELEASED, (touched.spared if touched else _NO_CONSUMER)[:300]
    row.save(update_fields=["state", "released_why"])
    return True


def _kept(touched: Touched) -> list[dict[str, Any]]:
    return [one.as_json() for one in touched.findings[:KEPT]]


def _said_last(row: Confirmation) -> Standing:
    last = Answer.objects.filter(confirmation=row).order_by("-pk").first()
    return STANDS[Said(last.said)] if last else Standing.WAITING
