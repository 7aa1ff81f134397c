"""Whether two identities may be one, and which aliases belong together. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

#: More ids than this are not one customer: a merge gone wrong must not make a search of thousands.
MOST_ALIASES = 200


@dataclass(frozen=True, slots=True)
class Held:
    """An alias as the rules see it: in which instance of which system, whether it is ``live``, and its ``beside``."""

    id: int
    instance_id: int
    system_id: int
    value: str
    live: bool
    beside: int | None = None


@dataclass(frozen=True, slots=True)
class Disagreement:
    """An instance that knows both as different records: what it calls the one that stays, and the one that goes."""

    instance_id: int
    stays: tuple[str, ...]
    goes: tuple[str, ...]


def disagreements(
    stays: Iterable[Held], goes: Iterable[Held], of_record: Collection[int] | None = None
) -> list[Disagreement]:
    """The instances that speak against a merge: both have a live id there.

    ``of_record`` are the systems of record of the kind: only those have a say. None: nobody has said which they are, so
    that each system is believed.
    """
    mine, theirs = _live(stays, of_record), _live(goes, of_record)
    return [
        Disagreement(instance, tuple(sorted(mine[instance])), tuple(sorted(theirs[instance])))
        for instance in sorted(mine.keys() & theirs.keys())
    ]


def _live(held: Iterable[Held], of_record: Collection[int] | None) -> Mapping[int, set[str]]:
    found: dict[int, set[str]] = defaultdict(set)
    for one in held:
        if one.live and (of_record is None or one.system_id in of_record):
            found[one.instance_id].add(one.value)
    return found


def with_what_was_learnt_beside(moved: Collection[int], held: Iterable[Held], since: int) -> set[int]:
    """Of ``held`` the aliases in ``moved``, and what was learnt beside one of them, and beside those.

    Only those above ``since``: an older one that a person split off its neighbour did not come along with the merge.
    """
    beside: dict[int, list[int]] = defaultdict(list)
    there = set()
    for one in held:
        there.add(one.id)
        if one.beside is not None and one.id > since:
            beside[one.beside].append(one.id)
    found: set[int] = set()
    waiting = list(moved)
    while waiting:
        one_id = waiting.pop()
        if one_id not in found:
            found.add(one_id)
            waiting += beside[one_id]
    return found & there
