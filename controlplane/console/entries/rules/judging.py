"""What follows from a difference: the first rule that fits says so, and what no rule knows is never safe."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from controlplane.console.entries.rules.differing import NOTHING, ORDER, Differing, Entry, differing
from controlplane.governance.rules.changed import Changed, Level

#: Longer values are cut: the whole content stands below the change.
LONGEST: Final = 400
#: In a path: any one name, and everything that is left.
ANY, REST = "*", "**"


def _always(_one: Differing) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Rule:
    """``at`` is the path that it is about: ``*`` is any name, ``**`` all behind. ``follows`` is a sentence."""

    id: str
    at: str
    level: Level
    follows: str
    when: Callable[[Differing], bool] = _always

    def fits(self, one: Differing) -> bool:
        """Whether it is about this difference."""
        return _leads(self.at.split("."), one.path) and self.when(one)


UNKNOWN: Final = Rule("not-known", REST, Level.RISKY, "No rule knows what follows; read it.")


def judged(what: str, rules: Sequence[Rule], was: Entry, becomes: Entry) -> list[Changed]:
    """Every difference with what follows; ``what`` is what people call the thing."""
    return list(_judged(what, rules, was, becomes))


def _judged(what: str, rules: Sequence[Rule], was: Entry, becomes: Entry) -> Iterator[Changed]:
    if not was:
        yield Changed(Level.RISKY, what, after="new")
    for one in differing(was, becomes):
        rule = next((rule for rule in rules if rule.fits(one)), UNKNOWN)
        place = ".".join(one.path)
        yield Changed(rule.level, place, shown(one.before), shown(one.after), f"{rule.follows} ({rule.id})")


def shown(value: Any) -> str:
    """A value as it stands in a line."""
    if value is NOTHING or value is None:
        return ""
    if isinstance(value, dict) and ORDER in value:
        value = [inner for name, inner in value.items() if name != ORDER]
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


def _leads(at: Sequence[str], path: Sequence[str]) -> bool:
    if not at:
        return not path
    if at[0] == REST:
        return True
    return bool(path) and at[0] in {ANY, path[0]} and _leads(at[1:], path[1:])


# -- what many sections ask ------------------------------------------------------------------------


def gone(one: Differing) -> bool:
    """There is nothing any more."""
    return one.is_gone or one.after in ("", None, [], {})


def made(one: Differing) -> bool:
    """There was nothing before."""
    return one.is_new or one.before in ("", None, [], {})


def more(one: Differing) -> bool:
    """A number that grows, or a limit that goes."""
    if one.is_gone or one.after is None:
        return True
    return _are_numbers(one) and one.after > one.before


def less(one: Differing) -> bool:
    """A number that shrinks."""
    return _are_numbers(one) and one.after < one.before


def turned(word: Any) -> Callable[[Differing], bool]:
    """It becomes just this."""
    return lambda one: bool(one.after == word)


def of_a_new_one(one: Differing) -> bool:
    """The whole entry is new, so nobody stands on what it was."""
    return one.is_made


def _are_numbers(one: Differing) -> bool:
    return all(isinstance(value, int | float) and not isinstance(value, bool) for value in (one.before, one.after))
