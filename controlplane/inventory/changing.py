"""Changing the inventory: one verb, whoever asks and through whichever door.

Every field that becomes another leaves who, when and why (:class:`FieldChange`) in the transaction that changes it,
and every change one record in the audit, last. Whoever applies a document writes many rows at once, and their history
with :func:`history_of` and :func:`keep`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from django.core.exceptions import NON_FIELD_ERRORS, FieldDoesNotExist, ValidationError
from django.db import models, transaction

from controlplane.audit.models import Actor, Subject, Via
from controlplane.audit.services import record
from controlplane.foundation.errors import Conflict, Invalid, NotFound
from controlplane.inventory.belongings import BELONGINGS, put_belongings
from controlplane.inventory.models import FieldChange, Instance, Integration, Interface
from controlplane.inventory.wording import forget_words, kind_of, words_of
from controlplane.people.access import Access, Action

M = TypeVar("M", bound=models.Model)

#: The field of a history that stands for the thing itself: it was made, or taken away.
ITSELF: Final = ""
LONGEST_REASON: Final = 1000
#: So many rows of history are written with one statement.
AT_ONCE: Final = 1000


@dataclass(frozen=True, slots=True)
class Changed:
    """One field that became another, in words."""

    field: str
    before: Any
    after: Any


class Stale(Conflict):
    """Somebody changed it since the form was opened: ``changes`` are (field, as it was shown, as it is now)."""

    def __init__(self, row: models.Model, since: Sequence[Changed]) -> None:
        names = ", ".join(one.field.replace("_", " ") for one in since)
        super().__init__(
            f"Somebody else has changed {row} since you opened this: {names}. Nothing of yours was kept yet; look at "
            "both and save again.",
            changes=[{"field": one.field, "seen": one.before, "now": one.after} for one in since],
        )
        self.since = tuple(since)


@transaction.atomic
def change(
    row: M,
    values: Mapping[str, Any],
    *,
    by: Access | Actor,
    reason: str,
    via: Via = Via.PAGE,
    seen: Mapping[str, Any] | None = None,
    of: models.Model | None = None,
) -> list[Changed]:
    """Give a row of the inventory new values, or make one that has no key yet; what became another is returned.

    ``values`` are by field: rows for references, several rows for those that are many, the words of a document for what
    belongs to it (``failure_modes``, the steps of a process). An :class:`Access` must be allowed to configure in the
    team of the row, or of what it is ``of``; for an :class:`Actor` the caller has seen to that. ``seen`` is what a form
    showed, in words (:func:`words_of`): where that is no longer so this is :class:`Stale`. :class:`Invalid` names the
    field that cannot be so. Where nothing differs nothing is written.
    """
    if isinstance(by, Access):
        by.require(Action.CONFIGURE, team_of(of or row))
    why = needed(reason)
    is_new = row.pk is None
    kept = row if is_new else _locked(row)
    before = {} if is_new else {name: words_of(kept, name) for name in values}
    _refuse_stale(kept, before, seen)
    _put(kept, values)
    after = {name: words_of(kept, name) for name in values}
    changes = [Changed(name, before.get(name), after[name]) for name in after if before.get(name) != after[name]]
    if is_new:
        changes = [Changed(ITSELF, None, {name: words for name, words in after.items() if words})]
    if changes:
        _leave(kept, changes, by, why, via, "made" if is_new else "changed")
    _bring_up_to_date(row, kept)
    return changes


@transaction.atomic
def take_away(row: models.Model, *, by: Access | Actor, reason: str, via: Via = Via.PAGE, of: models.Model) -> None:
    """Delete a row that belongs to something (``of``); its history stays, and ends with what it was."""
    if isinstance(by, Access):
        by.require(Action.CONFIGURE, team_of(of))
    why = needed(reason)
    names = [field.name for field in row._meta.concrete_fields if not field.primary_key]
    changes = [Changed(ITSELF, {name: words_of(row, name) for name in names}, None)]
    kept = history_of(row, changes, _actor(by), why)
    subject = Subject(kind_of(row), str(row.pk))
    row.delete()
    keep(kept)
    record(f"{kind_of(row)}.removed", actor=_actor(by), via=via, subject=subject, reason=why)


def history_of(
    row: models.Model | tuple[str, int], changes: Iterable[Changed], actor: Actor, reason: str
) -> list[FieldChange]:
    """What :func:`keep` writes of changes to one row, which may be given by its kind and key."""
    kind, key = row if isinstance(row, tuple) else (kind_of(row), row.pk)
    return [
        FieldChange(
            kind=kind,
            object_id=key,
            field=one.field,
            before=one.before,
            after=one.after,
            by_id=actor.person or None,
            by_label=actor.label,
            reason=reason,
        )
        for one in changes
    ]


def keep(history: Iterable[FieldChange]) -> None:
    """Write histories, in the caller's transaction."""
    FieldChange.objects.bulk_create(list(history), batch_size=AT_ONCE)


def team_of(row: models.Model) -> int | None:
    """The team that a row of the inventory belongs to; None for what belongs to the company."""
    if isinstance(row, Interface):
        return team_of(row.instance)
    if isinstance(row, Instance):
        return row.system.team_id
    found: int | None = getattr(row, "team_id", None)
    return found


def needed(reason: str) -> str:
    """The reason without blanks around it; :class:`Invalid` where there is none."""
    words = " ".join(reason.split())
    if not words:
        message = "Say why, in a few words: it stands in the history. Nothing was changed."
        raise Invalid(message, field="reason")
    return words[:LONGEST_REASON]


def _locked(row: M) -> M:
    """As it is now, and as it stays until the transaction ends."""
    rows = type(row)._default_manager.select_for_update(of=("self",), no_key=True)
    kept = rows.filter(pk=row.pk).first()
    if kept is None:
        raise NotFound(f"{row} is not there any more. Nothing was changed.")
    return kept


def _refuse_stale(row: models.Model, now: Mapping[str, Any], seen: Mapping[str, Any] | None) -> None:
    since = [Changed(name, seen[name], now[name]) for name in now if seen and name in seen and seen[name] != now[name]]
    if since:
        raise Stale(row, since)


def _put(row: models.Model, values: Mapping[str, Any]) -> None:
    """Columns first: a new row has no others before it is there."""
    own = {name: value for name, value in values.items() if _is_column(row, name)}
    for name, value in own.items():
        setattr(row, name, value)
    _check(row, own, values)
    row.save(force_insert=row.pk is None, update_fields=list(own) if row.pk is not None and own else None)
    for name, value in values.items():
        if (type(row), name) in BELONGINGS:
            put_belongings(row, name, value)
        elif name not in own:
            getattr(row, name).set(value)
        forget_words(row, name)


def _is_column(row: models.Model, name: str) -> bool:
    try:
        return bool(
            getattr(row._meta.get_field(name), "concrete", False) and not row._meta.get_field(name).many_to_many
        )
    except FieldDoesNotExist:
        return False


def _check(row: models.Model, own: Mapping[str, Any], values: Mapping[str, Any]) -> None:
    """As a form would; a reference was a row of ours."""
    others = [field.name for field in row._meta.concrete_fields if row.pk is not None and field.name not in own]
    try:
        row.full_clean(exclude=others)
    except ValidationError as error:
        name, words = next(iter(error.message_dict.items()))
        raise Invalid(" ".join(words), field="" if name == NON_FIELD_ERRORS else name) from None
    if isinstance(row, Integration) and ("steps" in values or (row.pk and "process" in values)):
        steps = values.get("steps", row.steps.all() if row.pk else ())
        check_steps(row, steps)


def check_steps(row: Integration, steps: Iterable[Any]) -> None:
    """The steps that an integration carries are of its process; :class:`Invalid` names the first that is not."""
    for step in steps:
        if step.process.slug != row.process_id:
            of = f"of {row.process_id!r}" if row.process_id else "of any process"
            raise Invalid(f"{step.slug!r} is no step {of}, which it belongs to. Nothing was changed.", field="steps")


def _leave(row: models.Model, changes: Sequence[Changed], by: Access | Actor, why: str, via: Via, verb: str) -> None:
    keep(history_of(row, changes, _actor(by), why))
    record(
        f"{kind_of(row)}.{verb}",
        actor=_actor(by),
        via=via,
        subject=Subject(kind_of(row), str(row.pk)),
        reason=why,
        details={"fields": ", ".join(one.field for one in changes if one.field)},
    )


def _actor(by: Access | Actor) -> Actor:
    return by.actor if isinstance(by, Access) else by


def _bring_up_to_date(row: M, kept: M) -> None:
    """The caller's row says what is now there."""
    if row is not kept:
        row.__dict__.update({name: value for name, value in kept.__dict__.items() if name != "_state"})
