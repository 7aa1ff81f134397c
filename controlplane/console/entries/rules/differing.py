"""What differs between two entries, down to single values: each with the path that leads there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

Entry = Mapping[str, Any]


class _Nothing:
    """Stands for what is not there, which is something else than an empty value."""

    def __bool__(self) -> bool:
        return False


NOTHING: Final = _Nothing()
#: The place of a list's order, among the places of what is in it.
ORDER: Final = "(order)"
#: Tables whose parts are things of their own: what is in one that comes or goes is told part by part.
TABLES: Final = frozenset(
    {"settings", "queues", "lines", "mapping", "keys", "references", "scheme_settings", "failure_modes"}
)


@dataclass(frozen=True, slots=True)
class Differing:
    """One value that becomes another, with both entries that it is in. :data:`NOTHING` where it is not there."""

    path: tuple[str, ...]
    before: Any
    after: Any
    was: Entry
    becomes: Entry

    @property
    def is_new(self) -> bool:
        """Whether there was nothing before."""
        return self.before is NOTHING

    @property
    def is_gone(self) -> bool:
        """Whether there is nothing any more."""
        return self.after is NOTHING

    @property
    def is_made(self) -> bool:
        """Whether the whole entry is new."""
        return not self.was


def differing(was: Entry, becomes: Entry) -> Iterator[Differing]:
    """Everything that differs. ``was`` is empty for an entry that is new."""
    for path, before, after in _differing((), _shaped(was, becomes), _shaped(becomes, was)):
        yield Differing(path, before, after, was, becomes)


def _differing(path: tuple[str, ...], before: Any, after: Any) -> Iterator[tuple[tuple[str, ...], Any, Any]]:
    if before == after and isinstance(before, bool) == isinstance(after, bool):
        return
    if path and path[-1] in TABLES:
        before, after = ({} if one is NOTHING else one for one in (before, after))
    if path and _is_whole(path, before, after):
        yield path, before, after
    elif isinstance(before, Mapping) and isinstance(after, Mapping):
        for name in {**before, **after}:
            yield from _differing((*path, str(name)), before.get(name, NOTHING), after.get(name, NOTHING))
    else:
        yield path, before, after


def _is_whole(path: tuple[str, ...], before: Any, after: Any) -> bool:
    """A step that comes or goes is one difference, whatever it says."""
    return path[0] in {"steps", "routes"} and (before is NOTHING or after is NOTHING)


def _shaped(entry: Entry, other: Entry) -> dict[str, Any]:
    """Lists whose parts have names of their own, by these: a step that moves is not another one."""
    listed = {name: entry.get(name, []) for name in ("steps", "routes") if name in entry or (entry and name in other)}
    return {name: _named(name, value, other.get(name, [])) for name, value in ({**entry} | listed).items()}


def _named(name: str, value: Any, other: Any) -> Any:
    if name == "steps" and _are_called(value, "name"):
        both = {one["name"] for one in other} if _are_called(other, "name") else set()
        return {one["name"]: one for one in value} | {ORDER: [one["name"] for one in value if one["name"] in both]}
    if name == "routes" and _are_called(value, "event_type"):
        return {" from ".join(filter(None, (one["event_type"], one.get("interface")))): one for one in value}
    return value


def _are_called(value: Any, name: str) -> bool:
    return isinstance(value, list) and all(isinstance(one, Mapping) and isinstance(one.get(name), str) for one in value)
