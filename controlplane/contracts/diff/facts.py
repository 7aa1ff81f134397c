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


class Way(Enum):
    """Which way goes what an OpenAPI description describes, seen from the interface.

    ``IN``: it is sent to the interface: requests, and answers to its webhooks and callbacks. ``OUT``: the interface
    sends it: responses, and the requests of its webhooks and callbacks.
    """

    IN = "in"
    OUT = "out"

    @property
    def back(self) -> Way:
        """The way of what answers it."""
        return Way.OUT if self is Way.IN else Way.IN


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

    SPECIFICATION = "version of the specification"
    PATH_ADDED = "path added"
    PATH_REMOVED = "path removed"
    PATH_TEMPLATE = "names in the path"
    OPERATION_ADDED = "operation added"
    OPERATION_REMOVED = "operation removed"
    OPERATION_ID = "operation id"
    TAGS = "tags"
    SUNSET = "sunset"
    PARAMETER_ADDED = "parameter added"
    PARAMETER_REMOVED = "parameter removed"
    PARAMETER_MOVED = "place of a parameter"
    PARAMETER_REQUIRED = "parameter required"
    PARAMETER_STYLE = "style of a parameter"
    PARAMETER_RESERVED = "reserved characters of a parameter"
    PARAMETER_EMPTY = "empty parameter"
    PARAMETER_CONTENT = "parameter as a document"
    BODY_ADDED = "request body added"
    BODY_REMOVED = "request body removed"
    BODY_REQUIRED = "request body required"
    MEDIA_TYPE_ADDED = "media type added"
    MEDIA_TYPE_REMOVED = "media type removed"
    MEDIA_TYPE = "media type"
    PART_ENCODING = "encoding of a part"
    RESPONSE_ADDED = "response added"
    RESPONSE_REMOVED = "response removed"
    HEADER_ADDED = "header added"
    HEADER_REMOVED = "header removed"
    HEADER_REQUIRED = "header required"
    LINK = "link"
    SECURITY_ASKED = "security asked for"
    SECURITY_DROPPED = "security not asked for"
    SECURITY_SCOPES = "scopes asked for"
    SECURITY_ALTERNATIVE = "alternative of security"
    SECURITY_OF_WEBHOOK = "security of a webhook"
    SCHEME = "security scheme"
    SCHEME_KEY = "API key"
    SCHEME_FLOW = "OAuth flow"
    SCHEME_ADDRESS = "address of a security scheme"
    SCHEME_SCOPE = "scope of an OAuth flow"
    SERVER_ADDED = "server added"
    SERVER_REMOVED = "server removed"
    SERVER_FIRST = "first server"
    SERVER_VALUES = "values of a server's variable"
    SERVER_DEFAULT = "default of a server's variable"
    WEBHOOK_ADDED = "webhook added"
    WEBHOOK_REMOVED = "webhook removed"
    CALLBACK_ADDED = "callback added"
    CALLBACK_REMOVED = "callback removed"
    CALLBACK_ADDRESS = "address of a callback"


@dataclass(frozen=True, slots=True)
class Fact:
    """At ``path``, ``old`` became ``new``; None where it was or is not there.

    ``path`` is for people (``lines[].price``). ``before`` and ``after`` are the schemas of the place, where there are.
    ``name`` is the member that it is about: of a property, a keyword. ``way`` is which way it goes, where only those
    who send it to the interface, or only those who are sent it, are concerned.
    """

    what: What
    path: str
    old: Any = None
    new: Any = None
    name: str = ""
    sense: Sense = Sense.PLAIN
    before: Node | None = None
    after: Node | None = None
    way: Way | None = None
