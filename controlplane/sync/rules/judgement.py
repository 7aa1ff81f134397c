"""What to make of one record that a page brought: take it, or say why not."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from uuid import UUID

import orjson

from connectors.messages import Record
from controlplane.transactions.rules import fingerprints

#: ``sync_record`` and ``transaction`` keep versions as bigint.
_LARGEST = 2**63 - 1
LONGEST_ID = 400

#: Why a record is not taken: the code that exceptions are grouped by → what it means.
CAUSES = {
    "no_id": "The record has no id",
    "bad_id": "Its id cannot be kept",
    "missing_key": "Its key field is empty",
    "unreadable": "It cannot be written as JSON",
    "too_large": "It is larger than a payload may be",
}


@dataclass(frozen=True, slots=True)
class Taken:
    """A record that can be kept; ``label`` is what people know it by, ``hash`` over its meaning."""

    record: Record
    label: str
    hash: UUID


@dataclass(frozen=True, slots=True)
class Turned:
    """A record that cannot, and why: ``cause`` is one of :data:`CAUSES`."""

    key: str
    label: str
    cause: str
    detail: str


@dataclass(frozen=True, slots=True)
class Judged:
    """A page, sorted: each id at most once, its newest state; ``repeats`` came more than once."""

    live: tuple[Taken, ...]
    gone: tuple[Record, ...]
    turned: tuple[Turned, ...]
    repeats: int

    @property
    def ids(self) -> list[str]:
        """Every id that the page tells of, whatever it says: what cannot be taken is there all the same."""
        taken = [taken.record.id for taken in self.live] + [record.id for record in self.gone]
        return taken + [turned.key for turned in self.turned if turned.key]


def judge_page(records: Iterable[Record], *, key_field: str, volatile: Collection[str], largest: int) -> Judged:
    """Sort the records of one page. ``largest`` is in bytes of JSON."""
    live: dict[str, Taken] = {}
    gone: dict[str, Record] = {}
    turned: list[Turned] = []
    count = 0
    for record in records:
        count += 1
        verdict = judge(record, key_field=key_field, volatile=volatile, largest=largest)
        if isinstance(verdict, Turned):
            turned.append(verdict)
            continue
        # The page is in the order of changes: what comes later is how it is now.
        live.pop(record.id, None)
        gone.pop(record.id, None)
        if isinstance(verdict, Taken):
            live[record.id] = verdict
        else:
            gone[record.id] = record
    repeats = count - len(live) - len(gone) - len(turned)
    return Judged(tuple(live.values()), tuple(gone.values()), tuple(turned), repeats)


def judge(record: Record, *, key_field: str, volatile: Collection[str], largest: int) -> Taken | Turned | None:
    """One record; ``None`` for a tombstone, of which only the id is needed."""
    if not record.id:
        return Turned("", _label(record, key_field), "no_id", f"fields: {', '.join(map(str, record.fields))[:200]}")
    if problem := _bad_id(record):
        return Turned(_shown(record.id), "", "bad_id", problem)
    if record.deleted:
        return None
    label = _label(record, key_field)
    if key_field and not label:
        return Turned(record.id, "", "missing_key", f"{key_field!r} is empty or missing")
    return _measured(record, label, volatile, largest)


def _measured(record: Record, label: str, volatile: Collection[str], largest: int) -> Taken | Turned:
    try:
        size = len(orjson.dumps(dict(record.fields), default=str))
        digest = fingerprints.of_record(record.fields, volatile)
    except (TypeError, ValueError) as error:  # orjson's own error is both
        return Turned(record.id, label, "unreadable", str(error)[:200])
    if size > largest:
        return Turned(record.id, label, "too_large", f"{size:,} bytes, at most {largest:,}")
    return Taken(record, label, digest)


def _bad_id(record: Record) -> str:
    if len(record.id) > LONGEST_ID:
        return f"it has {len(record.id):,} characters, at most {LONGEST_ID}"
    if _shown(record.id) != record.id:
        return "it has characters that a database cannot keep"
    if record.version is not None and abs(record.version) > _LARGEST:
        return f"its version {record.version} is no 64-bit number"
    return ""


def _label(record: Record, key_field: str) -> str:
    value = record.fields.get(key_field) if key_field else None
    return "" if value is None else _shown(str(value))


def _shown(text: str) -> str:
    """``text`` as PostgreSQL can keep it, cut to a length that a page can show."""
    return text.replace("\0", "\ufffd").encode("utf-8", "replace").decode()[:LONGEST_ID]
