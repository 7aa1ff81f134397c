"""What events of one type usually look like, learnt from one sample after the other. Names and kinds, never a value.

Of each field it is counted how often it was asked for (whatever holds it was there), and how often each *sign* was seen
of it: that it was absent, null, or of a kind. Of each sign the last hundred samples are kept as bits, and how often it
turned from seen to not seen and back: payloads come in bursts, and the longer these are, the less each of them tells.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import Any, Final

#: Samples of which the bits are kept.
KEPT: Final = 100
#: Of more samples than this both what was asked and what was seen are halved: what is usual may change, slowly.
LONGEST: Final = 4_000
#: Of one type of event; whatever has more uses values as names.
MOST_FIELDS: Final = 500
#: Ways of breaking the contract that are told apart.
MOST_BREAKS: Final = 50

ABSENT: Final = "absent"
NULL: Final = "null"
#: There, and not null; counted from the first null on.
FILLED: Final = "filled"
_WHOLE: Final = (1 << KEPT) - 1
_HOLDING: Final = ("object", "array")
ROOT: Final = ""


@dataclass(slots=True)
class Sign:
    """How often it was seen, how often that turned, whether it was at last, and in which of the last samples.

    The newest sample is bit 0.
    """

    hits: int = 0
    turns: int = 0
    at_last: bool = False
    bits: int = 0


@dataclass(slots=True)
class Field:
    """A field, by its signs; ``asked`` counts samples in which there was something that could hold it."""

    asked: int = 0
    signs: dict[str, Sign] = field(default_factory=dict)

    def bits(self, *names: str) -> int:
        """In which of the last samples one of these signs was seen."""
        found = 0
        for name in names:
            if (sign := self.signs.get(name)) is not None:
                found |= sign.bits
        return found

    def hits(self, name: str) -> int:
        """How often the sign was seen."""
        sign = self.signs.get(name)
        return sign.hits if sign is not None else 0

    @property
    def there(self) -> int:
        """How often the field was."""
        return self.asked - self.hits(ABSENT)


@dataclass(frozen=True, slots=True)
class Sample:
    """One record: its fields with their kinds, and how it breaks the contract (``<pointer> <keyword>``)."""

    id: str
    fields: Mapping[str, AbstractSet[str]]
    breaks: AbstractSet[str] = frozenset()


@dataclass(slots=True)
class Usual:
    """The usual form of one type of event. ``ids`` are those of the last samples, the newest last."""

    samples: int = 0
    ids: list[str] = field(default_factory=list)
    fields: dict[str, Field] = field(default_factory=lambda: {ROOT: Field()})
    breaks: dict[str, Sign] = field(default_factory=dict)

    @property
    def asked(self) -> int:
        """How many samples what is usual is learnt from."""
        return self.fields[ROOT].asked

    def holds(self, pointer: str) -> int:
        """In which of the last samples there was something that could hold the field."""
        return self.fields[parent_of(pointer)].bits(*_HOLDING) if pointer else _WHOLE

    def learn(self, sample: Sample, held: AbstractSet[str] = frozenset()) -> None:
        """One more sample. Of what is ``held`` (pointers, and ways to break the contract) nothing becomes usual."""
        self.samples += 1
        self.ids = [*self.ids[-(KEPT - 1) :], sample.id]
        found = {ROOT: {"object"}, **sample.fields}
        for pointer in self._new_among(found):
            self.fields[pointer] = self._begun(pointer)
        nothing: AbstractSet[str] = frozenset()
        for pointer, one in self.fields.items():
            asked = not pointer or not found.get(parent_of(pointer), nothing).isdisjoint(_HOLDING)
            _learn(one, found.get(pointer, nothing), asked=asked, counts=asked and pointer not in held)
        self._learn_breaks(sample.breaks, held)
        if self.asked >= LONGEST:
            self._halve()

    def relearn(self, what: str) -> None:
        """Whatever it was like is not usual any more: a pointer, or a way to break the contract."""
        if what in self.fields:
            signs = {name: Sign(at_last=sign.at_last, bits=sign.bits) for name, sign in self.fields[what].signs.items()}
            self.fields[what] = Field(signs=signs)
        if what in self.breaks:
            # It has always been so.
            self.breaks[what] = Sign(self.asked, 0, at_last=True, bits=self.breaks[what].bits)

    def _new_among(self, found: Iterable[str]) -> list[str]:
        room = MOST_FIELDS - len(self.fields)
        return sorted(one for one in found if one not in self.fields)[: max(0, room)]

    def _begun(self, pointer: str) -> Field:
        """A field that was absent so far, whenever it could have been there. Outer ones come first."""
        holder = self.fields.get(parent_of(pointer))
        if holder is None:
            return Field()
        asked = sum(holder.hits(name) for name in _HOLDING)
        absent = Sign(asked, 0, at_last=True, bits=holder.bits(*_HOLDING))
        return Field(asked, {ABSENT: absent} if asked else {})

    def _learn_breaks(self, breaks: AbstractSet[str], held: AbstractSet[str]) -> None:
        for name in sorted(breaks - self.breaks.keys())[: max(0, MOST_BREAKS - len(self.breaks))]:
            self.breaks[name] = Sign()
        counted = {name: sign for name, sign in self.breaks.items() if name not in held}
        _next(self.breaks, breaks, counted)

    def _halve(self) -> None:
        for sign in [*self.breaks.values(), *(sign for one in self.fields.values() for sign in one.signs.values())]:
            sign.hits, sign.turns = sign.hits // 2, sign.turns // 2
        for one in self.fields.values():
            one.asked //= 2

    # -- as it is kept -----------------------------------------------------------------------------

    def kept(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "samples": self.samples,
            "ids": self.ids,
            "fields": {
                pointer: [one.asked, {name: _kept(sign) for name, sign in one.signs.items()}]
                for pointer, one in self.fields.items()
            },
            "breaks": {name: _kept(sign) for name, sign in self.breaks.items()},
        }

    @classmethod
    def read(cls, kept: Mapping[str, Any]) -> Usual:
        """As it was kept; of nothing, one that knows nothing yet."""
        if not kept:
            return cls()
        fields = {
            pointer: Field(asked, {name: _read(sign) for name, sign in signs.items()})
            for pointer, (asked, signs) in kept["fields"].items()
        }
        breaks = {name: _read(sign) for name, sign in kept["breaks"].items()}
        return cls(kept["samples"], list(kept["ids"]), fields, breaks)


def parent_of(pointer: str) -> str:
    """Of the field that holds it."""
    return pointer.rpartition("/")[0]


def _learn(one: Field, kinds: AbstractSet[str], *, asked: bool, counts: bool) -> None:
    signs = one.signs
    seen: AbstractSet[str] = kinds or ({ABSENT} if asked else kinds)
    if NULL in seen and FILLED not in signs:
        there = [name for name in signs if name != ABSENT]
        signs[FILLED] = Sign(one.there, 0, at_last=bool(there), bits=one.bits(*there))
    if FILLED in signs and kinds - {NULL}:
        seen = {*seen, FILLED}
    for name in seen:
        if name not in signs:
            signs[name] = Sign()
    # Of what is not there only its absence tells.
    told = signs if kinds else {ABSENT: signs[ABSENT]} if ABSENT in signs else {}
    one.asked += counts
    _next(signs, seen, told if counts else {})


def _next(signs: Mapping[str, Sign], seen: AbstractSet[str], counted: Mapping[str, Sign]) -> None:
    """One more sample of these; of some of them it changes what is usual."""
    for name, sign in signs.items():
        sign.bits = (sign.bits << 1 | (name in seen)) & _WHOLE
    for name, sign in counted.items():
        now = name in seen
        sign.hits += now
        sign.turns += now is not sign.at_last
        sign.at_last = now


def _kept(sign: Sign) -> list[Any]:
    return [sign.hits, sign.turns, int(sign.at_last), f"{sign.bits:x}"]


def _read(kept: list[Any]) -> Sign:
    hits, turns, at_last, bits = kept
    return Sign(hits, turns, bool(at_last), int(bits, 16))
