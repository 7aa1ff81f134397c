"""W3C Trace Context (https://www.w3.org/TR/trace-context/): the correlation id, in and out.

The 16-byte trace id is our correlation id, kept as a UUID column. A malformed or all-zero
``traceparent`` is dropped and a fresh trace begun, as section 3.2.2.5 of the standard asks.
"""

from __future__ import annotations

import random
import re
from contextvars import ContextVar
from dataclasses import dataclass
from uuid import UUID, uuid4

_FORM = re.compile(r"([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?")


@dataclass(frozen=True, slots=True)
class TraceContext:
    """Where a piece of work belongs: its trace, and the span that caused it (hex, may be empty)."""

    trace_id: UUID
    parent_span: str = ""
    sampled: bool = True

    def traceparent(self) -> str:
        """The header for an outgoing call, with a fresh span id of our own."""
        # Unique, not secret: asking the system for random bytes costs more than all the rest of the header.
        span = random.getrandbits(64) or 1
        return f"00-{self.trace_id.hex}-{span:016x}-{'01' if self.sampled else '00'}"


current: ContextVar[TraceContext | None] = ContextVar("trace_context", default=None)


def parse(header: str | None) -> TraceContext:
    """The context of an incoming call; a new one when there is none, or none that can be believed."""
    match = _FORM.fullmatch((header or "").strip(" \t"))
    if match is None or match[1] == "ff" or (match[1] == "00" and match[5]):
        return TraceContext(uuid4())
    if set(match[2]) == {"0"} or set(match[3]) == {"0"}:
        return TraceContext(uuid4())
    return TraceContext(UUID(match[2]), match[3], bool(int(match[4], 16) & 1))
