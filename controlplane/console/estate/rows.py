"""The rows behind an estate document while it is applied: found by slug, made or changed, and noted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar, cast

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import models
from django.db.utils import DataError, IntegrityError

from controlplane.audit.models import Actor
from controlplane.console.estate.document import Entry
from controlplane.foundation.errors import Invalid

M = TypeVar("M", bound=models.Model)


@dataclass(slots=True)
class Applied:
    """What applying did: ``created``, ``changed`` and ``same`` hold where each entry stands."""

    created: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    same: list[str] = field(default_factory=list)


class Rows:
    """What there is, also what was made a moment ago. ``actor`` is who applies."""

    def __init__(self, actor: Actor) -> None:
        self.actor = actor
        self.applied = Applied()
        self._known: dict[type[models.Model], dict[str, Any]] = {}

    def of(self, model: type[M]) -> dict[str, M]:
        """The rows of a model with slugs, by them."""
        if model not in self._known:
            self._known[model] = {cast("Any", row).slug: row for row in model._default_manager.all()}
        return self._known[model]

    def put(self, entry: Entry, model: type[M], **fields: Any) -> M:
        """The row of the entry's slug, with these fields: made, changed or found as it is."""
        row = self.put_at(entry, model, {"slug": entry.slug}, **fields)
        self.of(model)[entry.slug] = row
        return row

    def put_at(self, entry: Entry, model: type[M], where: Mapping[str, Any], /, **fields: Any) -> M:
        """The same for a row that is found by other fields than a slug."""
        row = model._default_manager.filter(**where).first()
        if row is None:
            return self._save(entry, model(**where, **fields), "created")
        differing = [name for name, value in fields.items() if getattr(row, name) != value]
        for name in differing:
            setattr(row, name, fields[name])
        if differing:
            return self._save(entry, row, "changed")
        self.note(entry, "same")
        return row

    def _save(self, entry: Entry, row: M, how: str) -> M:
        """Checked as a form would, then written."""
        try:
            row.full_clean()
            row.save()
        except ValidationError as error:
            name, words = next(iter(error.message_dict.items()))
            where = entry.where if name == NON_FIELD_ERRORS else f"{entry.where}.{name}"
            raise Invalid(f"{where}: {' '.join(words)}") from error
        except (DataError, IntegrityError) as error:
            raise Invalid(f"{entry.where}: the database does not take this: {str(error).splitlines()[0]}.") from error
        self.note(entry, how)
        return row

    def note(self, entry: Entry, how: str, more: str = "") -> None:
        """Say what became of an entry."""
        getattr(self.applied, how).append(entry.where + more)
