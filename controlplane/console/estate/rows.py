"""The rows behind an estate document while it is applied: found by slug, made or changed, and noted.

Each table is read once, whole: an estate that is as it is written costs as many statements as it has tables.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import nullcontext
from functools import cached_property
from itertools import count
from typing import Any, Final, TypeVar, cast

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import models, transaction
from django.db.utils import DataError, IntegrityError

from controlplane.audit.models import Actor
from controlplane.console.estate.changes import Applied, Difference, differences
from controlplane.console.estate.document import UNKNOWN, Entry, Known
from controlplane.console.estate.many import Many, is_many
from controlplane.contracts.models import ContractVersion, VersionState
from controlplane.governance.models import Policy
from controlplane.inventory.models import Instance, Integration, Interface, Ownership, Process, ProcessStep, System
from controlplane.inventory.wording import forget_words, with_record, words_of
from controlplane.people.models import Account, AccountKind, Person
from controlplane.transactions.destinations.limit import put_limits
from controlplane.transactions.flows.publish import content_hash
from controlplane.transactions.models import Destination, DestinationState, Normalisation

M = TypeVar("M", bound=models.Model)
T = TypeVar("T")

#: What no slug of its own leads to.
SLUGLESS: Final = frozenset({Normalisation, Ownership})

#: What is asked of these rows besides their own fields: which connector speaks there.
_WITH: Final[Mapping[type[models.Model], tuple[str, ...]]] = {
    Policy: ("current",),
    Instance: ("system",),
    Interface: ("instance__system",),
    Destination: ("instance__system",),
}
#: Of these, what belongs to them comes in words.
IN_FULL: Final = (System, Process, Integration)
Found = dict[tuple[Any, ...], Any]


class NotTaken(Exception):
    """The database refused a row, and with it everything behind it in this transaction."""


class Rows:
    """What there is, also what was made a moment ago. ``actor`` is who applies.

    ``is_careful`` is for a document of which the database has refused something: each row gets a savepoint, so that
    judging can go on behind one that is refused. That takes three statements for one, so it is not how one begins.
    Without ``writes`` nothing is kept: what would be made has a number below zero. ``reason`` stands in the history.
    ``limits`` are those that destinations get, by their numbers, once everything else is written and judged.
    """

    def __init__(self, actor: Actor, *, is_careful: bool = False, writes: bool = True, reason: str = "") -> None:
        self.actor = actor
        self.reason = reason
        self.many = Many(actor, reason)
        self.writes = writes
        self._made = count(1)
        self._is_careful = is_careful
        self.applied = Applied()
        self.limits: dict[int, tuple[DestinationState, dict[str, Any]]] = {}
        self._known: dict[type[models.Model], Known[Any]] = {}
        self._found: dict[tuple[type[models.Model], tuple[str, ...]], Found] = {}
        self._grouped: dict[type[models.Model], dict[Any, list[Any]]] = {}
        self._steps: dict[Any, Known[ProcessStep]] = {}
        self._stepped: set[str] = set()
        self._families: dict[tuple[str, int], str] = {}
        self._claimed: dict[tuple[Any, ...], str] = {}
        self._newest: dict[tuple[type[models.Model], str, bool], dict[Any, Any]] = {}
        self._once: dict[str, Any] = {}

    def once(self, name: str, read: Callable[[], T]) -> T:
        """What is read when it is first asked for, and kept while the document is applied."""
        if name not in self._once:
            self._once[name] = read()
        return cast("T", self._once[name])

    def of(self, model: type[M]) -> Known[M]:
        """The rows of a model with slugs, by them."""
        if model not in self._known:
            rows = model._default_manager.all()
            rows = rows.select_related(*_WITH[model]) if model in _WITH else rows
            rows = with_record(rows) if model in IN_FULL else rows
            self._known[model] = Known({cast("Any", row).slug: row for row in rows})
        return self._known[model]

    @cached_property
    def people(self) -> dict[str, Person]:
        """The people of all accounts of human beings, by their addresses."""
        accounts = Account.objects.filter(kind=AccountKind.HUMAN).order_by("-is_active", "created_at", "pk")
        return {account.email: account.person for account in accounts}

    @cached_property
    def addresses(self) -> Mapping[Any, str]:
        """By which a document calls each of them: the first of several."""
        return {person.pk: address for address, person in reversed(self.people.items())}

    def by(self, model: type[models.Model], names: Iterable[str]) -> Found:
        """The rows of a model by the values of some fields; of several, the first."""
        at = model, tuple(names)
        if at not in self._found:
            columns = [model._meta.get_field(name).attname for name in at[1]]  # type: ignore[union-attr]
            found: Found = {}
            for row in model._default_manager.order_by("pk"):
                found.setdefault(tuple(getattr(row, column) for column in columns), row)
            self._found[at] = found
        return self._found[at]

    def newest(self, model: type[M], of: str, **among: Any) -> dict[Any, M]:
        """The version with the highest number of each thing, by the key of what it is a version ``of``."""
        at = model, of, bool(among)
        if at not in self._newest:
            versions = model._default_manager.filter(**among).order_by(f"{of}_id", "-number").distinct(f"{of}_id")
            self._newest[at] = {getattr(version, f"{of}_id"): version for version in versions}
        return self._newest[at]

    def holding(self, model: type[M], of: str) -> dict[Any, M]:
        """The newest version of each thing that holds, by the key of what it is a version ``of``."""
        return self.newest(model, of, **({"state": VersionState.PUBLISHED} if model is ContractVersion else {}))

    def put(self, entry: Entry, model: type[M], **fields: Any) -> M:
        """The row of the entry's slug, with these fields: made, changed or found as it is.

        :data:`UNKNOWN` where the entry cannot be made; who refers to it is told nothing of that.
        """
        known = self.of(model)
        row = self._put(entry, model, known.get(entry.slug), {"slug": entry.slug}, fields)
        known[entry.slug] = cast("M", UNKNOWN) if row is None else row
        return known[entry.slug]

    def put_at(self, entry: Entry, model: type[M], where: Mapping[str, Any], /, **fields: Any) -> M:
        """The same for a row that is found by other fields than a slug."""
        found = self.by(model, where)
        at = tuple(value.pk if isinstance(value, models.Model) else value for value in where.values())
        if UNKNOWN in at:
            entry.fall()
        row: M | None = self._put(entry, model, found.get(at), where, fields)
        if row is None:
            return cast("M", UNKNOWN)
        found[at] = row
        return row

    def put_version(
        self, entry: Entry, model: type[M], of: str, row: models.Model, content: Any, **fields: Any
    ) -> None:
        """A version of a row with that content; none where the one that holds has it.

        What was drafted, or is tried, or was given up, does not hold, and has its number all the same.
        """
        newest, holding = self.newest(model, of), self.holding(model, of)
        last: Any = holding.get(row.pk)
        digest = content_hash(content)
        if last is not None and last.content_hash == digest:
            return
        highest: Any = newest.get(row.pk)
        number = highest.number + 1 if highest else 1
        made = model(**{of: row}, number=number, content_hash=digest, **fields)
        newest[row.pk] = holding[row.pk] = made
        self.write(made)
        says = f"a new version, v{number}"
        self.note(entry, "created", f" v{number}", *differences(last, made, *fields), says=says)

    def all_of(self, model: type[M], of: str, row: models.Model) -> list[M]:
        """The rows of a model that belong to one other, as they were before."""
        if model not in self._grouped:
            self._grouped[model] = defaultdict(list)
            for one in model._default_manager.order_by("pk"):
                self._grouped[model][getattr(one, f"{of}_id")].append(one)
        return self._grouped[model].get(row.pk, [])

    def steps_of(self, process: Process) -> Known[ProcessStep]:
        """The steps of a process, by their slugs."""
        if not self._steps:
            self._steps[None] = Known()
            for step in ProcessStep.objects.order_by("number"):
                self._steps.setdefault(step.process_id, Known())[step.slug] = step
        return self._steps.setdefault(process.pk, Known())

    def put_steps(self, entry: Entry, process: Process, slugs: Sequence[str], names: Sequence[str]) -> None:
        """Exactly these, in that order. Those that go are written at the end, when nothing may carry them any more."""
        if not entry.stands or (not slugs and entry.where not in self._stepped):
            return
        known = self.steps_of(process)
        for slug in [slug for slug in known if slug not in slugs]:
            self.many.gone(entry, known.pop(slug))
        for number, (slug, name) in enumerate(zip(slugs, names, strict=True), 1):
            step = known.get(slug) or ProcessStep(process=process, slug=slug)
            if step.pk is None or (step.number, step.name) != (number, name):
                step.number, step.name = number, name
                self.write(step)
            known[slug] = step

    def family(self, family: str, environment: models.Model, slug: str) -> str:
        """Which other integration is the one of that family there; "" where none is, and now this one."""
        if not self._families:
            rows = self.of(Integration).values()
            found = {(row.family, row.environment_id): row.slug for row in rows if row is not UNKNOWN and row.family}
            self._families = {("", 0): ""} | found
        before = self._families.setdefault((family, environment.pk), slug)
        return "" if before == slug else before

    def claim(self, entry: Entry, *place: Any) -> str:
        """Which other entry of the document has that place already; "" where none has, and now this one."""
        before = self._claimed.setdefault(place, entry.where)
        return "" if before == entry.where else before

    def write(self, row: models.Model, *names: str) -> None:
        """Keep a row, or those fields of it."""
        if self.writes:
            row.save(update_fields=names or None)
        elif row.pk is None:
            row.pk = -next(self._made)

    def spoil(self, model: type[models.Model], slug: str) -> None:
        """An entry of that slug cannot be had: it is wrong."""
        if model not in SLUGLESS:
            self.of(model)[slug] = UNKNOWN

    def open(self, model: type[models.Model]) -> None:
        """The section of a model cannot be read: any slug may be one of it."""
        if model not in SLUGLESS:
            self.of(model).is_open = True

    def finish(self) -> None:
        """Write what was left for the end."""
        if self.writes:
            self.many.write()

    def put_limits(self) -> None:
        """Last, and in one order everywhere: whoever claims for a destination waits for its row until the commit."""
        for destination in sorted(self.limits):
            put_limits(*self.limits[destination])

    def note(self, entry: Entry, how: str, more: str = "", *differences: Difference, says: str = "") -> None:
        """Say what became of an entry, and of the entry of a section that it is in."""
        self.applied.note(entry.top.where, entry.where, how, more, differences, says)

    def _put(
        self, entry: Entry, model: type[M], row: M | None, where: Mapping[str, Any], fields: Mapping[str, Any]
    ) -> M | None:
        """None where the entry cannot be made. What can be said of its values is said also then."""
        if not entry.stands or row is UNKNOWN:
            _judge(entry, model, {**where, **fields})
            return None
        several = {name: value for name, value in fields.items() if is_many(model, name)}
        columns = {name: value for name, value in fields.items() if name not in several}
        if row is None:
            made = model(**where, **columns)
            if not self._save(entry, made, "created"):
                return None
            self._keep(entry, made, several, (), made={**columns, **several})
            return made
        differing = [name for name, value in columns.items() if not _same(row, name, value)]
        differences = [self._difference(row, name, fields[name]) for name in differing]
        differences += self.many.differences(row, several)
        self._stepped.update(entry.where for one in differences if one.name == "steps")
        for name in differing:
            setattr(row, name, columns[name])
            forget_words(row, name)
        if differences:
            if not self._save(entry, row, "changed", *differences):
                return None
            self._keep(entry, row, several, differences)
            return row
        self.many.put(row, several, is_new=False)
        self.note(entry, "same")
        return row

    def _difference(self, row: models.Model, name: str, value: Any) -> Difference:
        if isinstance(field := row._meta.get_field(name), models.ForeignKey) and field.related_model is Person:
            return Difference(name, words_of(row, name), None if value is None else self.addresses[value.pk])
        return Difference(name, getattr(row, name), value)

    def _keep(
        self,
        entry: Entry,
        row: models.Model,
        several: Mapping[str, Any],
        differences: Sequence[Difference],
        made: Mapping[str, Any] | None = None,
    ) -> None:
        """What is written at the end. Entries in entries have no history of their own."""
        self.many.put(row, several, is_new=made is not None)
        if entry.top is entry:
            said = made and {name: self._said(value) for name, value in made.items()}
            self.many.remember(row, differences, made=said)

    def _said(self, value: Any) -> Any:
        if isinstance(value, Person):
            return self.addresses[value.pk]
        return [one.slug for one in value] if isinstance(value, list) and _are_rows(value) else value

    def _save(self, entry: Entry, row: models.Model, how: str, *differences: Difference) -> bool:
        """Checked as a form would, then written. What is referred to was found, and slugs were looked up."""
        try:
            row.full_clean(exclude=_references(row), validate_unique=False)
            with transaction.atomic() if self._is_careful else nullcontext():
                self.write(row)
        except ValidationError as error:
            _tell(entry, error)
        except (DataError, IntegrityError) as error:
            if not self._is_careful:
                raise NotTaken from error
            entry.wrong(f"the database does not take this: {str(error).splitlines()[0]}.")
        else:
            self.note(entry, how, "", *differences)
            return True
        return False


def _are_rows(value: Sequence[Any]) -> bool:
    return bool(value) and isinstance(value[0], models.Model)


def _same(row: models.Model, name: str, value: Any) -> bool:
    field = row._meta.get_field(name)
    if isinstance(field, models.ForeignKey):
        return bool(
            getattr(row, field.attname) == (None if value is None else getattr(value, field.target_field.attname))
        )
    return bool(getattr(row, name) == value)


def _references(row: models.Model) -> list[str]:
    return [field.name for field in row._meta.concrete_fields if isinstance(field, models.ForeignKey)]


def _judge(entry: Entry, model: type[models.Model], fields: Mapping[str, Any]) -> None:
    """What is wrong with values of an entry that cannot be made for another reason."""
    judged = {
        name: value
        for name, value in fields.items()
        if value and not entry.is_amiss(name) and not is_many(model, name)
        if not isinstance(model._meta.get_field(name), models.ForeignKey)
    }
    row = model(**judged)
    try:
        row.clean_fields(exclude=[field.name for field in model._meta.fields if field.name not in judged])
    except ValidationError as error:
        _tell(entry, error)


def _tell(entry: Entry, error: ValidationError) -> None:
    for name, words in error.message_dict.items():
        if name == NON_FIELD_ERRORS:
            entry.wrong(" ".join(words))
        else:
            entry.amiss(name, " ".join(words))
