"""Stored values in the words of an estate document."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime, time
from typing import Any, Final

from django.db.models import IntegerChoices, Model

from controlplane.contracts.models import ContractVersion
from controlplane.credentials.references import parse
from controlplane.foundation.errors import Problem
from controlplane.transactions.models import MappingVersion
from controlplane.transactions.rules.retention import Retention
from controlplane.transactions.rules.states import Lane

#: Columns whose field in a document has another name.
_NAMES: Final[Mapping[str, str]] = {"contract_version": "contract", "mapping_version": "mapping"}
#: Columns of numbers that a document has words for.
_WORDS: Final[Mapping[str, type[IntegerChoices]]] = {"retention": Retention, "lane": Lane}
#: Lists of pairs that a document writes short, by the names of their two halves.
_PAIRS: Final = (("target", "expression"), ("kind", "value"))
#: The fields of a step that people look for first.
FIRST_IN_STEPS: Final = ("name", "title", "kind", "destination", "operation", "stream", "of", "key", "needs", "when")
NO_REFERENCE: Final = "(no reference: not shown)"


def field_of(column: str) -> str:
    """The field of an entry that a column comes from."""
    return _NAMES.get(column, column)


def as_written(column: str, value: Any) -> Any:
    """The value of a column as a document would hold it; secrets only by reference."""
    if isinstance(value, Model):
        return _named(value)
    if isinstance(value, datetime | time):
        return _moment(value)
    if column in _WORDS:
        return _WORDS[column](value).name.lower()
    if column in {"references", "secrets"}:
        return _references(value)
    return short(column, value)


def short(name: str, value: Any) -> Any:
    """Mapping lines and keys as a table; in steps as well. What cannot be written so stays as it is."""
    if name == "steps":
        return [
            {key: short(key, inner) for key, inner in step.items()} if isinstance(step, Mapping) else step
            for step in value
        ]
    if name not in {"lines", "mapping", "keys", "downgrade"}:
        return value
    for left, right in _PAIRS:
        if value and all(isinstance(pair, Mapping) and set(pair) == {left, right} for pair in value):
            table = {pair[left]: pair[right] for pair in value}
            return table if len(table) == len(value) else value
    return value or {}


def _moment(value: datetime | time) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    return value.isoformat("minutes" if not (value.second or value.microsecond) else "auto")


def _named(row: Model) -> str:
    if isinstance(row, ContractVersion):
        return f"{row.contract.slug} v{row.number}"
    if isinstance(row, MappingVersion):
        return f"{row.mapping.slug} v{row.number}"
    return str(getattr(row, "slug", row))


def _references(value: Mapping[str, Any] | Collection[Any]) -> Any:
    if isinstance(value, Mapping):
        return {name: _reference(reference) for name, reference in value.items()}
    return [_reference(reference) for reference in value]


def _reference(text: Any) -> str:
    """A reference; what is none may be the secret itself."""
    try:
        parse(text)
    except (Problem, TypeError, AttributeError):
        return NO_REFERENCE
    return str(text)
