"""Whether payloads have changed their form: the newest samples held against all before them, by an exact test.

A sign (a field absent, null, of a kind that it never had; a break of the contract) is drift when it is seen so much
more often in the last 10, 20, 40 or 80 samples than before that chance alone would do it once in ten thousand million
times: Fisher's exact test, one-sided, which asks nothing of how often is usual. So ten thousand payloads of fifty
fields, tested at each one in each way, give a false alarm in fewer than one of a hundred such runs. That holds for
payloads that are independent of each other. Where they come in bursts, each tells less: a sign that turned half as
often as chance would have it counts for half as much.

A field that was always there and is gone is found within ten samples, one that is new in every payload as well; what
changes in a fifth of them, within eighty. What is rare may be missing for long, and nobody can tell: a field that was
there in one of ten is not missed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from math import exp, lgamma, log
from typing import Final

from controlplane.transactions.rules.usual import ABSENT, FILLED, KEPT, NULL, Field, Sign, Usual

#: So many of the newest samples are held against what was before; the shorter ones find sooner, the longer ones more.
SPANS: Final = (10, 20, 40, 80)
#: By chance alone as rarely as this, of one sign at one sample.
CHANCE: Final = 1e-10
#: Samples before the newest ones, without which nobody says what is usual.
ENOUGH: Final = 100
#: So many at least, whatever the chance.
LEAST: Final = 5
#: What was seen as rarely as this may be said never to have been.
NEVER: Final = 0.01
#: A rate has changed when it has done so by that much.
CLEARLY: Final = 0.2
#: It is gone again when the last so many samples, of which these asked for it, are as they were before.
GONE_AFTER: Final = SPANS[-1]
GONE_ASKED: Final = 20
SLACK: Final = 0.05

NEW, VANISHED, TYPE, NULLS, BROKEN = "new", "vanished", "type", "null", "broken"


@dataclass(frozen=True, slots=True)
class Found:
    """One change. ``what`` is how it is known to :meth:`Usual.relearn`; ``sign`` is by what it was seen.

    That is a kind of value (of what is new all of them, with commas), "absent", "null" or "filled", or the keyword.

    Seen ``now`` in so many of the newest ``of``; before in ``was`` of ``out_of``. ``ids`` are the samples that show it,
    the oldest first.
    """

    kind: str
    pointer: str
    sign: str
    now: int
    of: int
    was: int
    out_of: int
    ids: tuple[str, ...]

    @property
    def what(self) -> str:
        """The pointer; of a break of the contract also by which keyword."""
        return f"{self.pointer} {self.sign}" if self.kind == BROKEN else self.pointer


def drifts(usual: Usual, named: Callable[[str], bool], held: AbstractSet[str] = frozenset()) -> list[Found]:
    """What the newest sample completes, outer fields first. What is ``held`` is known already.

    ``named`` says whether the contract knows a field: one that it names is nothing new, whenever it first comes.
    """
    found: list[Found] = []
    for pointer in sorted(usual.fields):
        if pointer and pointer not in held:
            one = next(_of_field(usual, pointer, usual.fields[pointer], named), None)
            found += [one] if one else []
    places, always = {one.pointer for one in found} | held, _Asked((1 << KEPT) - 1, usual.asked)
    for name in sorted(usual.breaks.keys() - held):
        pointer, _, keyword = name.rpartition(" ")
        if pointer not in places and (one := _more(usual, BROKEN, pointer, keyword, usual.breaks[name], always)):
            found.append(one)
    return found


def is_gone(usual: Usual, kind: str, pointer: str, sign: str, was: float) -> bool:
    """Whether an open change is not to be seen any more: the last samples are as they were before it."""
    if len(usual.ids) < GONE_AFTER:
        return False
    mask = (1 << GONE_AFTER) - 1
    if kind == BROKEN:
        one = usual.breaks.get(f"{pointer} {sign}")
        return one is not None and (one.bits & mask).bit_count() <= (was + SLACK) * GONE_AFTER
    field = usual.fields.get(pointer)
    if field is None:
        return kind == NEW
    there = usual.holds(pointer) & ~field.bits(ABSENT)
    asked = there if kind not in {NEW, VANISHED} else usual.holds(pointer)
    seen = there if kind == NEW else field.bits(sign)
    of = (asked & mask).bit_count()
    return of >= GONE_ASKED and (seen & mask).bit_count() <= (was + SLACK) * of


@dataclass(frozen=True, slots=True)
class _Asked:
    """In which of the last samples it could have been seen, and in how many of all."""

    bits: int
    of: int


def _of_field(usual: Usual, pointer: str, one: Field, named: Callable[[str], bool]) -> Iterator[Found]:
    holding = _Asked(usual.holds(pointer), one.asked)
    there = _Asked(holding.bits & ~one.bits(ABSENT), one.there)
    if there.bits & 1:
        if _never(one.there, one.asked, there.bits) and not named(pointer):
            # What is new in one of five payloads is a field like others; its own sign is that it is there.
            kinds = ",".join(sorted(one.signs.keys() - {ABSENT, FILLED}))
            yield from _found(_more(usual, NEW, pointer, kinds, _opposite(one, there.bits), holding))
        elif not _never(one.there, one.asked, there.bits):
            yield from _of_values(usual, pointer, one, there)
    elif ABSENT in one.signs:
        yield from _found(_more(usual, VANISHED, pointer, ABSENT, one.signs[ABSENT], holding))


def _of_values(usual: Usual, pointer: str, one: Field, there: _Asked) -> Iterator[Found]:
    for name in one.signs.keys() - {NULL, FILLED, ABSENT}:
        if _never((sign := one.signs[name]).hits, there.of, sign.bits):
            yield from _found(_more(usual, TYPE, pointer, name, sign, there))
    for name in one.signs.keys() & {NULL, FILLED}:
        found = _more(usual, NULLS, pointer, name, one.signs[name], there)
        if found is not None and found.now / found.of - found.was / found.out_of >= CLEARLY:
            yield found


def _opposite(one: Field, bits: int) -> Sign:
    """The sign of being there."""
    absent = one.signs.get(ABSENT, Sign())
    return Sign(one.there, absent.turns, not absent.at_last, bits)


def _never(hits: int, of: int, bits: int) -> bool:
    """Whether it was never seen, or hardly ever, but for the last samples."""
    return hits - (bits & ((1 << SPANS[-1]) - 1)).bit_count() <= max(0, of - SPANS[-1]) * NEVER


def _found(one: Found | None) -> Iterator[Found]:
    if one is not None:
        yield one


def _more(usual: Usual, kind: str, pointer: str, name: str, sign: Sign, asked: _Asked) -> Found | None:
    """The shortest span in which it was seen more often than chance and custom allow."""
    if not sign.bits & 1:
        return None
    for span in SPANS:
        mask = (1 << span) - 1
        now, of = (sign.bits & asked.bits & mask).bit_count(), (asked.bits & mask).bit_count()
        was, out_of = max(0, sign.hits - now), asked.of - of
        if out_of < ENOUGH or now < LEAST or now * out_of <= was * of:
            continue
        if not _far_apart(now, of, was, out_of):
            continue
        worth = _worth(sign, mask, was, out_of)
        if by_chance(*(int(number * worth) for number in (now, of, was, out_of))) <= CHANCE:
            return Found(kind, pointer, name, now, of, was, out_of, _ids(usual, sign.bits, span))
    return None


def _far_apart(now: int, of: int, was: int, out_of: int) -> bool:
    """Whether the exact test can say so at all: by a bound (Chernoff, Cramér) that costs two logarithms."""
    usual, seen = max(was, 0.5) / out_of, now / of
    apart = seen * log(seen / usual) + ((1 - seen) * log((1 - seen) / (1 - usual)) if seen < 1 else 0)
    return of * apart + log(of + 1) >= -log(CHANCE)


def _worth(sign: Sign, mask: int, was: int, out_of: int) -> float:
    """What each sample counts for, 1 at most: how often the sign turned, by how often it would in no order."""
    turns = max(0, sign.turns - ((sign.bits ^ sign.bits >> 1) & mask).bit_count())
    by_itself = 2 * was * (out_of - was) / out_of
    return min(1.0, (turns + 1) / by_itself) if by_itself > 1 else 1.0


def by_chance(now: int, of: int, was: int, out_of: int) -> float:
    """How often as many as ``now`` of these ``of`` would be among the newest, were all in no order (Fisher)."""
    every, seen = of + out_of, was + now
    total = 0.0
    for number in range(now, min(of, seen) + 1):
        if of - number <= every - seen:
            total += exp(_choose(seen, number) + _choose(every - seen, of - number) - _choose(every, of))
    return min(1.0, total)


def _choose(of: int, number: int) -> float:
    """The logarithm of the binomial coefficient."""
    return lgamma(of + 1) - lgamma(number + 1) - lgamma(of - number + 1)


def _ids(usual: Usual, bits: int, span: int) -> tuple[str, ...]:
    """The samples that show it: those of the span, and those right before it that do as well."""
    while span < len(usual.ids) and bits >> span & 1:
        span += 1
    newest = reversed(usual.ids)
    shown = [one for place, one in zip(range(span), newest, strict=False) if bits >> place & 1]
    return tuple(reversed(shown))
