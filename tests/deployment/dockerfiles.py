"""A Dockerfile as instructions and stages; as much of its grammar as ours use."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

_CONTINUED = re.compile(r"\\\n")


@dataclass(frozen=True, slots=True)
class Instruction:
    """``COPY --from=build a b`` → word, flags and the rest."""

    word: str
    flags: dict[str, str]
    rest: str


@dataclass(slots=True)
class Stage:
    """From one FROM to the next."""

    image: str
    name: str
    instructions: list[Instruction] = field(default_factory=list)

    def all(self, word: str) -> list[Instruction]:
        """Its instructions of one kind."""
        return [one for one in self.instructions if one.word == word]


def stages(path: Path) -> list[Stage]:
    """The stages of a Dockerfile, in order."""
    lines = [line for line in path.read_text().splitlines() if not line.lstrip().startswith("#")]
    found: list[Stage] = []
    for line in _CONTINUED.sub(" ", "\n".join(lines)).splitlines():
        if line.strip():
            instruction = _instruction(line.strip())
            if instruction.word == "FROM":
                image, _, name = instruction.rest.partition(" AS ")
                found.append(Stage(image, name))
            else:
                found[-1].instructions.append(instruction)
    return found


def _instruction(line: str) -> Instruction:
    word, _, rest = line.partition(" ")
    flags = {}
    parts = rest.split(" ")
    while parts and parts[0].startswith("--"):
        name, _, value = parts.pop(0).removeprefix("--").partition("=")
        flags[name] = value
    return Instruction(word.upper(), flags, " ".join(parts).strip())
