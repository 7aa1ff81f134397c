"""Steps that ask before something is written: a look-up in another system, and the wait for an identity.

Both have a deadline and a fall-back: what becomes of the step when no answer is to be had in time. Pure.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from controlplane.foundation.errors import Invalid
from controlplane.transactions.rules.retry import GOOD, Decision, Verdict
from controlplane.transactions.rules.states import Outcome

#: Seconds that a look-up may take in all, with its retries, and that an identity is waited for, unless a step says so.
LOOK_UP_DEADLINE = 30.0
IDENTITY_DEADLINE = 7200.0
#: Nothing waits longer than a month, and no answer is remembered longer than a day.
LONGEST_DEADLINE = 31 * 86_400.0
LONGEST_CACHE = 86_400.0
#: Seconds for which "no such record" is remembered at most: it may be made at any moment.
NEGATIVE_CACHE = 10.0
MOST_FIELDS = 50
#: A key is a business key: longer ones are a mistake.
LONGEST_KEY = 200

#: Our own mistakes: no fall-back hides them.
OURS = frozenset({Outcome.MAPPING_FAILED, Outcome.NOT_SUPPORTED, Outcome.REFUSED, Outcome.TAKEN_OVER})


class Otherwise(enum.Enum):
    """What a fall-back does: ends as a dead letter, skips the step and what needs it, or gives a value."""

    FAIL = "fail"
    SKIP = "skip"
    VALUE = "value"


@dataclass(frozen=True, slots=True)
class Fallback:
    """What becomes of a step that got no answer; ``value`` is what later steps read then."""

    otherwise: Otherwise = Otherwise.FAIL
    value: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Asking:
    """What every question has: ``key`` (CEL), ``deadline`` (seconds from when it was queued) and a fall-back."""

    key: str
    deadline: float
    fallback: Fallback


@dataclass(frozen=True, slots=True)
class LookUp(Asking):
    """One record of ``stream`` in the step's destination, found ``by`` that field (empty: the stream's own key).

    ``keep`` are the fields of it that later steps read, as dotted paths; nothing else is stored. ``personal`` names
    those that are masked as personal values are. ``cache``: seconds for which an answer does for the next one.
    """

    stream: str
    by: str
    keep: tuple[str, ...]
    personal: tuple[str, ...]
    cache: float


@dataclass(frozen=True, slots=True)
class Identity(Asking):
    """The id that the step's destination has for what ``issuer`` (an instance; empty: the source) calls ``key``.

    ``of`` is the kind of entity: ``customer``.
    """

    of: str
    issuer: str


@dataclass(frozen=True, slots=True)
class Link:
    """An identity learned from a receipt: what ``issuer`` calls ``key`` is the destination's ``value`` (CEL)."""

    kind: str
    key: str
    issuer: str
    value: str


class Named(Protocol):
    """A way to complain of a step."""

    def __call__(self, words: str) -> Invalid:
        """The error with these words."""


def read_look_up(entry: Mapping[str, Any], amiss: Named) -> LookUp:
    """The look-up in a step's JSON."""
    keep = _texts(entry, "keep", amiss)
    if not keep or len(keep) > MOST_FIELDS or not all(all(path.split(".")) for path in keep):
        raise amiss(f"keep names 1 to {MOST_FIELDS} fields that later steps read, such as name or address.city.")
    personal = _texts(entry, "personal", amiss)
    if stray := [path for path in personal if path not in keep]:
        raise amiss(f"{stray[0]!r} is personal, but not among the fields that are kept.")
    if not (stream := _text(entry, "stream", amiss)):
        raise amiss("it looks up, so it names a stream.")
    return LookUp(
        key=_key(entry, amiss),
        deadline=_seconds(entry, "deadline", LOOK_UP_DEADLINE, LONGEST_DEADLINE, amiss),
        fallback=_fallback(entry, amiss),
        stream=stream,
        by=_text(entry, "by", amiss),
        keep=keep,
        personal=personal,
        cache=_seconds(entry, "cache", 0.0, LONGEST_CACHE, amiss),
    )


def read_identity(entry: Mapping[str, Any], amiss: Named) -> Identity:
    """The wait for an identity in a step's JSON."""
    if not (of := _text(entry, "of", amiss)):
        raise amiss("it waits for an identity, so 'of' names a kind of entity, such as customer.")
    return Identity(
        key=_key(entry, amiss),
        deadline=_seconds(entry, "deadline", IDENTITY_DEADLINE, LONGEST_DEADLINE, amiss),
        fallback=_fallback(entry, amiss),
        of=of,
        issuer=_text(entry, "issuer", amiss),
    )


def read_links(document: Any, amiss: Named) -> tuple[Link, ...]:
    """The links that a step learns."""
    wrong = 'links are a list of {"kind": …, "key": …} with "issuer" and "value" where they are needed.'
    if not isinstance(document, list | tuple) or not all(isinstance(link, Mapping) for link in document):
        raise amiss(wrong)
    links = []
    for link in document:
        texts = {name: _text(link, name, amiss) for name in ("kind", "key", "issuer", "value")}
        if set(link) - set(texts) or not (texts["kind"] and texts["key"]):
            raise amiss(wrong)
        links.append(Link(texts["kind"], texts["key"], texts["issuer"], texts["value"] or "result.external_id"))
    return tuple(links)


def _key(entry: Mapping[str, Any], amiss: Named) -> str:
    if not (key := _text(entry, "key", amiss)):
        raise amiss("it needs a key: an expression for the value that is asked for.")
    return key


def _text(entry: Mapping[str, Any], name: str, amiss: Named) -> str:
    if not isinstance(value := entry.get(name, ""), str):
        raise amiss(f"{name} is text, not {value!r}.")
    return value


def _texts(entry: Mapping[str, Any], name: str, amiss: Named) -> tuple[str, ...]:
    value = entry.get(name, ())
    if not isinstance(value, list | tuple) or not all(isinstance(one, str) for one in value):
        raise amiss(f"{name} is a list of names of fields, not {value!r}.")
    return tuple(dict.fromkeys(value))


def _seconds(entry: Mapping[str, Any], name: str, default: float, most: float, amiss: Named) -> float:
    value = entry.get(name, default)
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= most:
        raise amiss(f"{name} is a number of seconds from 0 to {most:.0f}, not {value!r}.")
    return float(value)


def _fallback(entry: Mapping[str, Any], amiss: Named) -> Fallback:
    match entry.get("fallback", "fail"):
        case "fail":
            return Fallback()
        case "skip":
            return Fallback(Otherwise.SKIP)
        case {"value": dict(value), **rest} if not rest:
            return Fallback(Otherwise.VALUE, value)
    raise amiss('its fallback is fail, skip or {"value": {…}}.')


def settled(fallback: Fallback, outcome: Outcome, decision: Decision, remaining: float) -> tuple[Decision, bool]:
    """What becomes of a question after a try, and whether by its fall-back.

    ``decision`` is what a delivery's would be; ``remaining`` the seconds until the deadline. A retry comes at the
    deadline at the latest, so that the fall-back does not wait for a schedule of hours.
    """
    if outcome in GOOD or outcome is Outcome.WAITS or outcome in OURS:
        return decision, False
    if decision.verdict in {Verdict.RETRY, Verdict.UNKNOWN} and remaining > 0:
        return Decision(Verdict.RETRY, min(decision.delay, remaining), decision.tries), False
    verdicts = {Otherwise.FAIL: Verdict.DEAD, Otherwise.SKIP: Verdict.SKIP, Otherwise.VALUE: Verdict.DONE}
    return Decision(verdicts[fallback.otherwise]), fallback.otherwise is not Otherwise.FAIL


def kept(record: Mapping[str, Any], paths: tuple[str, ...]) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Of a record the fields at ``paths`` as a document of the same shape, and the paths that it does not have."""
    document: dict[str, Any] = {}
    missing = []
    for path in paths:
        *above, last = path.split(".")
        found: Any = record
        for name in (*above, last):
            found = found.get(name) if isinstance(found, Mapping) else None
        if found is None:
            missing.append(path)
            continue
        inner = document
        for name in above:
            inner = inner.setdefault(name, {})
        inner[last] = found
    return document, tuple(missing)


def in_words(seconds: float) -> str:
    """A span of time for a sentence: ``2 h``, ``90 s``, ``15 min``, ``3 d``."""
    for size, unit in ((86_400, "d"), (3600, "h"), (60, "min")):
        if seconds >= size and seconds % size == 0:
            return f"{seconds / size:.0f} {unit}"
    return f"{seconds:g} s"
