"""Following ``$ref`` inside a document. What is elsewhere is never fetched."""

from __future__ import annotations

from typing import Any, Final
from urllib.parse import unquote

from controlplane.console.imports.described import Findings, Json
from controlplane.console.imports.reading import Path
from controlplane.foundation.pointers import unescaped

ELSEWHERE: Final = "{} is in another document, and nothing is fetched. Bundle them into one document first."
MISSING: Final = "{} leads to nothing in this document."
IN_A_CIRCLE: Final = "{} leads back to itself."


def path_of(reference: str) -> Path:
    """``#/components/schemas/Order`` as the parts of its pointer."""
    pointer = unquote(reference[1:])
    return tuple(unescaped(part) for part in pointer.split("/")[1:])


def is_inside(reference: Any) -> bool:
    """Whether it points into the same document."""
    return isinstance(reference, str) and (reference == "#" or reference.startswith("#/"))


class References:
    """Those of one document; what is wrong with one is told once."""

    def __init__(self, findings: Findings) -> None:
        self._findings = findings
        self._whole = findings.source.value

    def at(self, path: Path) -> Any:
        """What stands there; None where nothing does."""
        value = self._whole
        for part in path:
            if isinstance(value, dict):
                value = value.get(part)
            elif isinstance(value, list) and str(part).isdecimal() and len(str(part)) < 7 and int(part) < len(value):  # noqa: PLR2004
                value = value[int(part)]
            else:
                return None
        return value

    def followed(self, value: Any, at: Path) -> Json | None:
        """The object itself, or the one that its ``$ref`` leads to; None where there is none, which was told."""
        seen: set[str] = set()
        while isinstance(value, dict) and "$ref" in value:
            reference = value["$ref"]
            if not self.is_had(reference, (*at, "$ref")):
                return None
            if reference in seen:
                self._findings.wrong(IN_A_CIRCLE.format(reference), (*at, "$ref"))
                return None
            seen.add(reference)
            value = self.at(path_of(reference))
        if not isinstance(value, dict):
            self._findings.wrong("this holds names with values.", at)
            return None
        return value

    def is_had(self, reference: Any, at: Path) -> bool:
        """Whether a reference leads to something here; what is wrong with it is told."""
        if not isinstance(reference, str):
            self._findings.wrong("a $ref is text such as #/components/schemas/Order.", at)
            return False
        if not is_inside(reference):
            self._findings.wrong(ELSEWHERE.format(reference[:200]), at)
            return False
        if self.at(path_of(reference)) is None:
            self._findings.wrong(MISSING.format(reference[:200]), at)
            return False
        return True

    def leads_away(self, reference: str) -> None:
        """Say that a schema is described elsewhere."""
        self._findings.note(f"{reference[:200]} is in another document: kept as it is written, never fetched.")
