"""What is wrong with an estate document: all of it, each with where it stands, in the order of the document."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import yaml

from controlplane.foundation.documents.places import Place, place_of
from controlplane.foundation.errors import Invalid

#: Line and column, as editors count them.
NOWHERE: Final[Place] = (0, 0)


@dataclass(frozen=True, slots=True)
class Mistake:
    """One thing that is wrong; ``place`` is :data:`NOWHERE` in a document that stands in no file."""

    words: str
    place: Place = NOWHERE


class Refused(Invalid):
    """A document that cannot be applied: ``problems`` are all that is wrong, and ``detail`` holds one a line.

    Programs get each with its line and column, where the document has some (``mistakes``).
    """

    def __init__(self, problems: Sequence[str], mistakes: Sequence[Mistake] = ()) -> None:
        told = mistakes or [Mistake(words) for words in problems]
        self.problems = tuple(_sayable(words) for words in problems)
        super().__init__("\n".join(self.problems), problems=[_told(one) for one in told])


def _sayable(words: str) -> str:
    """Without halves of characters, which a document can name things by and nobody can be sent."""
    return words.encode("utf-8", "replace").decode()


def _told(mistake: Mistake) -> dict[str, str | int | None]:
    line, column = mistake.place
    return {"message": _sayable(mistake.words), "line": line or None, "column": column or None}


class Places:
    """Where the parts of a document stand in its file: an entry or a field where its name stands."""

    def __init__(self, file: str, root: yaml.Node | None) -> None:
        self.file = file
        self._root = root

    def of(self, where: str) -> Place:
        """Where ``flows.tell.steps.1.when`` stands; where the nearest thing around it does, if it does not itself."""
        node, place, rest = self._root, (1, 1), where
        while rest and node is not None:
            found = _inside(node, rest)
            if found is None:
                break
            name, key, node = found
            place, rest = place_of(key.start_mark), rest[len(name) + 1 :]
        return place


def _inside(node: yaml.Node, rest: str) -> tuple[str, yaml.Node, yaml.Node] | None:
    """The name that ``rest`` begins with, where it stands, and what it holds. Names may have dots: the longest wins."""
    inside: list[tuple[str, yaml.Node, yaml.Node]] = []
    if isinstance(node, yaml.MappingNode):
        inside = [(str(key.value), key, value) for key, value in node.value if isinstance(key, yaml.ScalarNode)]
    elif isinstance(node, yaml.SequenceNode):
        inside = [(str(number), value, value) for number, value in enumerate(node.value, 1)]
    fitting = [found for found in inside if rest == found[0] or rest.startswith(f"{found[0]}.")]
    return max(reversed(fitting), key=lambda found: len(found[0]), default=None)


class Problems:
    """What was found so far. ``places`` is None for a document that was made in Python."""

    def __init__(self, places: Places | None = None) -> None:
        self._places = places
        self._found: list[Mistake] = []
        self._unkept: list[str] = []

    def __bool__(self) -> bool:
        return bool(self._found)

    def add(self, words: str, at: str) -> None:
        """Note what is wrong with what stands ``at`` such a place, in one line."""
        line = " ".join(part for part in words.splitlines() if not part.startswith("| "))
        self.take(Mistake(line, self._places.of(at) if self._places else NOWHERE))

    def take(self, mistake: Mistake) -> None:
        """Note what was found by somebody else. The same words are not said twice of one place."""
        if mistake not in self._found:
            self._found.append(mistake)

    def add_unkept(self, words: str, at: str) -> None:
        """Note a value that cannot be kept; what else would be said of its field is not said."""
        self._unkept.append(at)
        self.add(words, at)

    def is_unkept(self, where: str) -> bool:
        """Whether this cannot be kept."""
        return where in self._unkept

    def holds_unkept(self, where: str) -> bool:
        """Whether this, or something in it, cannot be kept."""
        return any(place == where or place.startswith(f"{where}.") for place in self._unkept)

    def refusal(self) -> Refused:
        """All of it, as the error that ends an application."""
        found = sorted(self._found, key=lambda mistake: mistake.place)
        return Refused([self._sentence(mistake) for mistake in found], found)

    def _sentence(self, mistake: Mistake) -> str:
        if self._places is None:
            return mistake.words
        line, column = mistake.place
        return f"{self._places.file}:{line}:{column}: {mistake.words}"
