"""One difference between two documents, as it stands there."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from controlplane.contracts.diff.nodes import Node


class Sense(Enum):
    """How a place bears on the whole: what it lets in is let in, is refused (under ``not``), or nobody can tell."""

    PLAIN = "plain"
    INVERTED = "inverted"
    EITHER = "either"

    @property
    def inverted(self) -> Sense:
        """That of what stands under a ``not`` here."""
        return {Sense.PLAIN: Sense.INVERTED, Sense.INVERTED: Sense.PLAIN, Sense.EITHER: Sense.EITHER}[self]


class What(StrEnum):
    """What differs. Those of schemas come first, those of OpenAPI descriptions after them."""

    TYPE = "type"
    ENUM = "enum"
    MINIMUM = "minimum"
    MAXIMUM = "maximum"
    MULTIPLE_OF = "multiple of"
    MIN_LENGTH = "shortest"
    MAX_LENGTH = "longest"
    PATTERN = "pattern"
    FORMAT = "format"
    ENCODING = "encoding"
    MIN_ITEMS = "fewest items"
    MAX_ITEMS = "most items"
    UNIQUE = "unique items"
    CONTAINS = "contains"
    MIN_PROPERTIES = "fewest properties"
    MAX_PROPERTIES = "most properties"
    REQUIRED = "required"
    DEPENDENT_REQUIRED = "dependent required"
    PROPERTY_ADDED = "property added"
    PROPERTY_REMOVED = "property removed"
    PATTERN_PROPERTIES = "pattern properties"
    ADDITIONAL = "additional properties"
    REFUSED = "refused altogether"
    PART = "part of allOf"
    ALTERNATIVE = "alternative"
    UNION = "anyOf or oneOf"
    EXCLUSION = "not"
    CONDITION = "condition"
    UNEVALUATED = "unevaluated"
    DISCRIMINATOR = "discriminator"
    DEFAULT = "default"
    READ_ONLY = "read only"
    WRITE_ONLY = "write only"
    DEPRECATED = "deprecated"
    WORDS = "words"
    UNSUPPORTED = "unsupported keyword"
    UNRESOLVED = "reference"
    GIVEN_UP = "limit"


@dataclass(frozen=True, slots=True)
class Fact:
    """At ``path``, ``old`` became ``new``; None where it was or is not there.

    ``path`` is for people (``lines[].price``). ``before`` and ``after`` are the schemas of the place, where there are.
    ``name`` is the member that it is about: of a property, a keyword.
    """

    what: What
    path: str
    old: Any = None
    new: Any = None
    name: str = ""
    sense: Sense = Sense.PLAIN
    before: Node | None = None
    after: Node | None = None
