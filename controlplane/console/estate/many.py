"""What an entry has several of — targets, steps, failure modes — and the history of all entries, written at the end.

Each is compared with what came with the row and written with all others of its kind: a document costs as many
statements as it has tables, here too.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.db import models

from controlplane.audit.models import Actor
from controlplane.console.estate.changes import Difference
from controlplane.console.estate.document import Entry
from controlplane.console.estate.written import as_written
from controlplane.inventory.belongings import BELONGINGS, put_belongings
from controlplane.inventory.changing import Changed, history_of, keep
from controlplane.inventory.models import FieldChange, Integration, ProcessStep
from controlplane.inventory.wording import forget_words, kind_of, words_of

AT_ONCE: Final = 2000


def is_many(model: type[models.Model], name: str) -> bool:
    """Whether a field is no column."""
    return (model, name) in BELONGINGS or model._meta.get_field(name).many_to_many is True


class Many:
    """What is to be written when all entries are understood."""

    def __init__(self, actor: Actor, reason: str) -> None:
        self.actor = actor
        self.reason = reason
        self._links: dict[type[models.Model], list[models.Model]] = {}
        self._unlinked: list[tuple[type[models.Model], dict[str, Any]]] = []
        self._made: dict[type[models.Model], list[models.Model]] = {}
        self._again: list[tuple[models.Model, str, Any]] = []
        self._gone: list[tuple[Entry, ProcessStep]] = []
        self._said: set[int] = set()
        self._history: list[FieldChange] = []

    def differences(self, row: models.Model | None, given: Mapping[str, Any]) -> list[Difference]:
        """What differs in words; of a new row nothing is told."""
        pairs = [Difference(name, words_of(row, name), _words(value)) for name, value in given.items() if row]
        return [pair for pair in pairs if not _alike(pair.before, pair.after)]

    def put(self, row: models.Model, given: Mapping[str, Any], *, is_new: bool) -> None:
        """Remember to write what a row that is there has several of."""
        if isinstance(row, Integration) and not is_new:
            self._said.add(row.pk)
        for name, value in given.items():
            before = [] if is_new else words_of(row, name)
            if (type(row), name) in BELONGINGS:
                self._put_belongings(row, name, value, is_new=is_new)
            elif not _alike(before, _words(value)):
                self._link(row, name, value, set(before))
            forget_words(row, name)

    def gone(self, entry: Entry, step: ProcessStep) -> None:
        """A step that the document's process no longer has."""
        self._gone.append((entry, step))

    def remember(self, row: models.Model, differences: Iterable[Difference], *, made: Mapping[str, Any] | None) -> None:
        """Keep in the history what became of a row; ``made`` is what a new one was given."""
        changes = [Changed(one.name, *_both(one)) for one in differences]
        if made is not None:
            words = {name: as_written(name, value) for name, value in made.items() if value}
            changes = [Changed("", None, _plain(words))]
        self._history += history_of((kind_of(row), row.pk), changes, self.actor, self.reason)

    def judge(self) -> None:
        """Steps that go while an integration that the document does not name carries them are mistakes."""
        if not self._gone:
            return
        keys = [step.pk for _, step in self._gone]
        links = Integration.steps.through.objects.filter(processstep__in=keys).exclude(integration__in=self._said)
        carried = dict(links.order_by("-integration__slug").values_list("processstep_id", "integration__slug"))
        for entry, step in self._gone:
            if step.pk in carried:
                entry.amiss("steps", f"{step.slug!r} cannot go: {carried[step.pk]!r} carries that step.")

    def write(self) -> None:
        """All of it."""
        for model, rows in (*self._made.items(), *self._links.items()):
            model._default_manager.bulk_create(rows, batch_size=AT_ONCE)
        for through, where in self._unlinked:
            through._default_manager.filter(**where).delete()
        for row, name, value in self._again:
            put_belongings(row, name, value)
        ProcessStep.objects.filter(pk__in=[step.pk for _, step in self._gone]).delete()
        keep(self._history)

    def _link(self, row: models.Model, name: str, value: Iterable[Any], before: set[str]) -> None:
        field: Any = row._meta.get_field(name)
        through, own, other = field.remote_field.through, field.m2m_field_name(), field.m2m_reverse_field_name()
        wanted = {one.slug: one for one in value}
        added = [one for slug, one in wanted.items() if slug not in before]
        links = [through(**{f"{own}_id": row.pk, f"{other}_id": one.pk}) for one in added]
        self._links.setdefault(through, []).extend(links)
        if gone := before.difference(wanted):
            self._unlinked.append((through, {own: row.pk, f"{other}__slug__in": sorted(gone)}))

    def _put_belongings(self, row: models.Model, name: str, value: Any, *, is_new: bool) -> None:
        model, of, read = BELONGINGS[type(row), name]
        if model is ProcessStep or not (value if is_new else value != words_of(row, name)):
            return
        if not is_new:
            self._again.append((row, name, value))
            return
        rows = [model(**{of: row}, slug=slug, **fields) for slug, fields in read(value).items()]
        self._made.setdefault(model, []).extend(rows)


def check_belonging(entry: Entry, model: type[models.Model], slug: str, **fields: Any) -> None:
    """Note what one of several cannot be."""
    try:
        model(slug=slug, **fields).clean_fields(exclude=[one.name for one in model._meta.fields if one.is_relation])
    except ValidationError as error:
        for name, words in error.message_dict.items():
            if name in {"slug", *fields}:
                entry.amiss(name, " ".join(words))


def _words(value: Any) -> Any:
    """As :func:`words_of` has them: what is referred to by slugs, steps in the order of their process."""
    if isinstance(value, list) and value and isinstance(value[0], models.Model):
        if isinstance(value[0], ProcessStep):
            return [step.slug for step in sorted(value, key=lambda step: step.number)]
        return sorted(one.slug for one in value)
    return value


def _alike(before: Any, after: Any) -> bool:
    """What is referred to has no order: that of steps is their process's."""
    if before and after and isinstance(before, list) and isinstance(before[0], str):
        return set(before) == set(after)
    return bool(before == after)


def _both(one: Difference) -> tuple[Any, Any]:
    return _plain(as_written(one.name, one.before)), _plain(as_written(one.name, one.after))


def _plain(value: Any) -> Any:
    """As JSON has it: what is of several is in words already."""
    if isinstance(value, dict):
        return {name: _plain(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_plain(one) for one in value]
    return str(value) if isinstance(value, models.Model) else value
