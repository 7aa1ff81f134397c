"""What two versions send for one event, compared: pure.

An event ends in one of two ways: it is **stopped** (set aside, or no flow takes it), or it becomes requests, one for
each step that delivers. A request that cannot be told says why: its step fails, or it asks for an answer that was
never given.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice
from typing import Any, Final

from controlplane.transactions.rules.edits import changes
from controlplane.transactions.rules.fingerprints import plain

#: Places in one request that are told; one that is another thing altogether has more than anybody reads.
MOST_PLACES: Final = 50


class What(StrEnum):
    """What became of a request, or of the whole event, by the proposed version."""

    SAME = "same"
    DIFFERS = "differs"
    GAINED = "gained"
    LOST = "lost"
    FAILS = "fails"
    UNTOLD = "untold"


@dataclass(frozen=True, slots=True)
class Step:
    """Where a request comes from and goes to."""

    flow: str
    name: str
    destination: str
    operation: str


@dataclass(frozen=True, slots=True)
class Request:
    """What a step would send; ``body`` None says that nothing can be: ``reason``.

    ``fails``: the step would end badly. Otherwise nobody can tell, because it asks for what was never answered.
    """

    step: Step
    body: Any = None
    reason: str = ""
    fails: bool = False


@dataclass(frozen=True, slots=True)
class Sending:
    """What becomes of one event: why it is ``stopped`` (empty: it is not), and its requests.

    It is set ``aside``, or nobody takes it.
    """

    stopped: str = ""
    aside: bool = False
    requests: tuple[Request, ...] = ()


@dataclass(frozen=True, slots=True)
class Difference:
    """One request, old and new; None for one that there is not. ``places`` are JSON Pointers of what differs."""

    what: What
    step: Step | None
    old: Request | None = None
    new: Request | None = None
    places: tuple[str, ...] = ()
    reason: str = ""


def compared(old: Sending, new: Sending) -> list[Difference]:
    """Request by request; an event that is stopped by one of them alone is one difference of its own."""
    if old.stopped or new.stopped:
        return [_stopped(old, new)]
    before, after = ({one.step: one for one in sending.requests} for sending in (old, new))
    return [_pair(step, before.get(step), after.get(step)) for step in dict.fromkeys([*before, *after])]


def _stopped(old: Sending, new: Sending) -> Difference:
    if old.stopped and new.stopped:
        return Difference(What.SAME, None, reason=new.stopped)
    if new.stopped:
        return Difference(What.FAILS if new.aside else What.LOST, None, reason=new.stopped)
    return Difference(What.GAINED, None, reason=old.stopped)


def _pair(step: Step, old: Request | None, new: Request | None) -> Difference:
    if old is None or new is None:
        return _alone(step, old, new)
    if old.fails != new.fails:
        what = What.FAILS if new.fails else What.GAINED
        return Difference(what, step, old, new, reason=new.reason if new.fails else old.reason)
    if old.body is None or new.body is None:
        same = old.body is None and new.body is None
        untold = not old.fails
        return Difference(What.UNTOLD if untold or not same else What.SAME, step, old, new, reason=new.reason)
    places = tuple(differing(old.body, new.body))
    return Difference(What.DIFFERS if places else What.SAME, step, old, new, places)


def _alone(step: Step, old: Request | None, new: Request | None) -> Difference:
    """A step that only one of them takes; one that fails sends as little as one that is not there."""
    if new is not None:
        what = What.FAILS if new.fails else What.GAINED
        return Difference(what, step, None, new, reason=new.reason)
    if old is not None and old.fails:
        return Difference(What.SAME, step, old, None, reason=old.reason)
    return Difference(What.LOST, step, old, None, reason="It is not sent any more.")


def differing(old: Any, new: Any) -> Iterator[str]:
    """JSON Pointers of what is not the same, at most ``MOST_PLACES``; ``/`` is all of it."""
    return (change.path or "/" for change in islice(changes(old, new), MOST_PLACES))


def place_of_all(place: str) -> str:
    """The same place in every item of a list: ``/lines/0/sku`` and ``/lines/7/sku`` are ``/lines/*/sku``."""
    return "/".join("*" if part.isdigit() else part for part in place.split("/"))


@dataclass(slots=True)
class Group:
    """What happens to the same request at the same place in several events: how often, and in which for example.

    Its ``reason`` is without the values of the events.
    """

    what: What
    step: Step | None
    place: str
    reason: str
    count: int
    examples: list[str]


def grouped(found: Iterable[tuple[str, Sequence[Difference]]], examples: int) -> list[Group]:
    """Differences of events, by their ids, grouped by what they have in common: bad and frequent ones first."""
    groups: dict[tuple[What, Step | None, str, str], Group] = {}
    for identifier, differences in found:
        for key in dict.fromkeys(key for one in differences for key in _keys(one)):
            group = groups.setdefault(key, Group(*key, 0, []))
            group.count += 1
            if len(group.examples) < examples:
                group.examples.append(identifier)
    order = list(_SEVERITY)
    return sorted(groups.values(), key=lambda one: (order.index(one.what), -one.count))


_SEVERITY: Final = (What.FAILS, What.LOST, What.UNTOLD, What.DIFFERS, What.GAINED, What.SAME)


def _keys(one: Difference) -> Iterator[tuple[What, Step | None, str, str]]:
    if one.what is What.SAME:
        return
    for place in dict.fromkeys(map(place_of_all, one.places)) or [""]:
        yield one.what, one.step, place, plain(one.reason)


def worst(differences: Sequence[Difference]) -> What:
    """What is to be said of an event as a whole."""
    found = {one.what for one in differences}
    return next((what for what in _SEVERITY if what in found), What.SAME)
