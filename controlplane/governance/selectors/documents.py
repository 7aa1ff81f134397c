"""What a revision changes line by line, in parts that a page can show."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any, Final

import orjson

from controlplane.foundation.documents.lines import NOTHING, Kind, Line, differing
from controlplane.foundation.errors import NotFound
from controlplane.governance.kinds import Documents, kind_called
from controlplane.governance.models import Revision
from controlplane.governance.rules.places import Place, Side, place_of, said_in

#: Lines of one part.
PART: Final = 500
#: Both documents together, as JSON: smaller ones stand on the page at once, larger ones are fetched after it.
AT_ONCE: Final = 20_000


@dataclass(frozen=True)
class Difference:
    """Every line that differs, with those around it, and where each stands."""

    lines: tuple[Line, ...]

    @property
    def parts(self) -> int:
        """In how many parts it is shown; none where nothing differs."""
        return -(-len(self.lines) // PART)

    def part(self, number: int) -> tuple[Line, ...]:
        """One of them, from 0; :class:`NotFound` for one that there is not."""
        if number and number >= self.parts:
            raise NotFound(f"These lines have {self.parts:,} parts; there is no part {number + 1:,}.")
        return self.lines[number * PART : (number + 1) * PART]

    @cached_property
    def counts(self) -> Mapping[Kind, int]:
        """How many lines of each kind."""
        return Counter(line.kind for line in self.lines)

    def at(self, place: Place) -> int | None:
        """The index of the line at a place; None where that line is not among those shown."""
        return self._by_number[place.side].get(place.number) if place.side is not Side.FINDING else None

    def leads_to(self, pointer: str, text: str | None = None) -> int | None:
        """The index of the first line of what a JSON Pointer leads to; with this text, where ``text`` is given."""
        return self._by_text.get((pointer, text)) if text is not None else self._by_pointer.get(pointer)

    @cached_property
    def _by_number(self) -> dict[Side, dict[int, int]]:
        found: dict[Side, dict[int, int]] = {Side.NEW: {}, Side.OLD: {}}
        for index, line in enumerate(self.lines):
            if line.new is not None:
                found[Side.NEW][line.new] = index
            if line.old is not None:
                found[Side.OLD][line.old] = index
        return found

    @cached_property
    def _by_pointer(self) -> dict[str, int]:
        """Where what is proposed has such a line as well, that one."""
        proposed = {line.pointer: index for index, line in self._backwards() if line.new is not None}
        return {line.pointer: index for index, line in self._backwards()} | proposed

    @cached_property
    def _by_text(self) -> dict[tuple[str, str], int]:
        return {(line.pointer, said_in(line)): index for index, line in self._backwards()}

    def _backwards(self) -> Iterator[tuple[int, Line]]:
        """Of several that are alike the first one stays."""
        return ((index, line) for index, line in reversed(list(enumerate(self.lines))) if place_of(line) is not None)


def documents_of(revision: Revision) -> Documents | None:
    """Its documents; None where its kind has none, or is known no more."""
    try:
        kind = kind_called(revision.change.kind)
    except NotFound:
        return None
    return kind.documents(revision)


def difference_of(revision: Revision) -> Difference | None:
    """What it changes line by line; None where nothing of it is a document."""
    return _difference(revision.content_hash, revision.pk)


def is_shown_at_once(documents: Documents) -> bool:
    """Whether both are small enough to be compared while the page is made."""
    return sum(_size(one) for one in (documents.old, documents.new)) <= AT_ONCE


# The same revision is read part by part, and never becomes another. A few megabytes of each stay in memory.
@lru_cache(maxsize=2)
def _difference(_content_hash: str, pk: int) -> Difference | None:
    documents = documents_of(Revision.objects.select_related("change").get(pk=pk))
    return Difference(tuple(differing(documents.old, documents.new))) if documents is not None else None


def _size(document: Any) -> int:
    return 0 if document is NOTHING else len(orjson.dumps(document))
