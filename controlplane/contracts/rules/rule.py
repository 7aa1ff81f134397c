"""What a rule is: a stable id, the kind of fact it looks at, and its judgement of one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Final

from controlplane.contracts.diff.facts import Fact, What
from controlplane.governance.rules.changed import Level


class Side(Enum):
    """For whom something is judged.

    ``WRITERS`` send what the schema describes: what they send has to go on being let in. They are hurt when it lets in
    less. ``READERS`` are sent it: they must not meet what they were not told of. They are hurt when it lets in more.
    """

    WRITERS = "writers"
    READERS = "readers"


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a difference means for either side, in a sentence, and what to do instead or about it."""

    writers: Level
    readers: Level
    message: str
    remedy: str = ""

    def of(self, side: Side) -> Level:
        """For that side."""
        return self.writers if side is Side.WRITERS else self.readers


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule. ``says`` is what it is about, for the catalogue; ``judge`` gives None for what it says nothing of."""

    id: str
    what: What
    judge: Callable[[Fact], Judgement | None]
    says: str

    @property
    def title(self) -> str:
        """The first sentence of what it says."""
        return self.says.strip().splitlines()[0].rstrip(".")


#: What can be done about a schema that lets in less, and one that lets in more.
FOR_WRITERS: Final = "Let in both for as long as anybody sends the old, and refuse it in a later version."
FOR_READERS: Final = "Tell the readers first, and publish when each has confirmed; or say it in a new property."


def narrows(message: str, remedy: str = FOR_WRITERS, level: Level = Level.BREAKING) -> Judgement:
    """It lets in less: those who write are hurt."""
    return Judgement(level, Level.SAFE, message, remedy)


def widens(message: str, remedy: str = FOR_READERS, level: Level = Level.BREAKING) -> Judgement:
    """It lets in more: those who read are hurt."""
    return Judgement(Level.SAFE, level, message, remedy)


def changes(message: str, remedy: str = FOR_WRITERS, level: Level = Level.BREAKING) -> Judgement:
    """It lets in something else: both are hurt."""
    return Judgement(level, level, message, remedy)


def unproved(message: str, remedy: str = "") -> Judgement:
    """Nobody can tell; never silently safe."""
    return Judgement(
        Level.RISKY, Level.RISKY, message, remedy or "Run the new version beside the old on real payloads."
    )


def harmless(message: str) -> Judgement:
    """It lets in what it did."""
    return Judgement(Level.SAFE, Level.SAFE, message)
