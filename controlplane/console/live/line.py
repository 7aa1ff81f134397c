"""Who is to be told what, in turn."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Collection
from typing import Generic, NamedTuple, TypeVar

from controlplane.console.live.topics import Topic

R = TypeVar("R")


class Turn(NamedTuple, Generic[R]):
    """The next who is told, and of what."""

    reader: R
    changed: frozenset[Topic]


class Line(Generic[R]):
    """Readers in the order in which something changed for them, those who wait for it first.

    Whoever stands in it already keeps the place, and is told of all that has changed until it is their turn.
    """

    def __init__(self) -> None:
        self._urgent: OrderedDict[R, set[Topic]] = OrderedDict()
        self._others: OrderedDict[R, set[Topic]] = OrderedDict()

    def __bool__(self) -> bool:
        return bool(self._urgent or self._others)

    def add(self, reader: R, changed: Collection[Topic]) -> None:
        """Something has changed for ``reader``."""
        for topic in changed:
            (self._urgent if topic.how.urgent else self._others).setdefault(reader, set()).add(topic)

    def take(self) -> Turn[R] | None:
        """Whose turn it is; they leave the line. None where nobody is in it."""
        if not self:
            return None
        reader = next(iter(self._urgent or self._others))
        return Turn(reader, self.remove(reader))

    def remove(self, reader: R) -> frozenset[Topic]:
        """Take ``reader`` out of the line; what it would have been told."""
        return frozenset(self._urgent.pop(reader, set()) | self._others.pop(reader, set()))
