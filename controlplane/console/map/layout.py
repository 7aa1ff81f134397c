"""Where the boxes of a drawing stand: in layers from left to right, in zones within a layer. Pure, deterministic.

Layers as in the drawing of directed graphs: edges that close a circle are turned round, each box stands one layer to
the right of the last that leads to it, and two sweeps order a layer by the middle of its neighbours. Written here:
libraries in Python draw without zones, or start a program.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

BOX_WIDTH: Final = 170
BOX_HEIGHT: Final = 42
_STEP: Final = 50
_COLUMN: Final = 224
_ZONE_HEAD: Final = 25
_PAD: Final = 10
_GAP: Final = 12
#: A layer of more boxes than this stands in several columns.
_TALLEST: Final = 12
#: Of more layers than this a drawing is too long to be read.
_LONGEST: Final = 7


@dataclass(frozen=True, slots=True)
class Placed:
    """The upper left corner of a box."""

    key: str
    x: int
    y: int
    column: int

    @property
    def middle(self) -> int:
        """Half of its height down."""
        return self.y + BOX_HEIGHT // 2


@dataclass(frozen=True, slots=True)
class Zone:
    """A frame around boxes that belong together."""

    title: str
    x: int
    y: int
    width: int
    height: int
    count: int


@dataclass(frozen=True, slots=True)
class Layout:
    """The drawing: its boxes by key, its zones, its size and how many columns it has."""

    boxes: Mapping[str, Placed]
    zones: Sequence[Zone]
    width: int
    height: int
    columns: int


def layout(
    zones: Mapping[str, str], links: Sequence[tuple[str, str]], sides: Mapping[str, int] | None = None
) -> Layout:
    """Place the boxes of ``zones`` (key → the title of its zone); links lead from left to right.

    Where that makes a drawing of more than seven layers, as many circles do, boxes stand in the columns of ``sides``.
    """
    keys = sorted(zones)
    forward = _without_circles(keys, sorted(set(links)))
    layers = _layers(keys, forward)
    if sides is not None and len(layers) > _LONGEST:
        layers = [[key for key in keys if sides[key] == side] for side in sorted(set(sides.values()))]
    columns = _columns(_ordered(layers, forward), zones)
    heights = [_height(column) for column in columns]
    tallest = max(heights, default=0)
    boxes: dict[str, Placed] = {}
    frames: list[Zone] = []
    for number, column in enumerate(columns):
        top = (tallest - heights[number]) // 2
        for title, members in column:
            frames.append(_frame(title, number, top, len(members)))
            for place, key in enumerate(members):
                y = top + _ZONE_HEAD + place * _STEP
                boxes[key] = Placed(key, number * _COLUMN + _PAD, y, number)
            top += frames[-1].height + _GAP
    width = max(0, len(columns) - 1) * _COLUMN + BOX_WIDTH + 2 * _PAD
    return Layout(boxes, frames, width, tallest, len(columns))


def _without_circles(keys: Sequence[str], links: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """The links with those turned round that would lead back, as a walk from the sources meets them."""
    after: dict[str, list[str]] = {key: [] for key in keys}
    before = dict.fromkeys(keys, 0)
    for of, on in links:
        after[of].append(on)
        before[on] += 1
    done: dict[str, int] = {}
    for start in sorted(keys, key=lambda key: (before[key] - len(after[key]), key)):
        _walk(start, after, done)
    return sorted({(of, on) if done[of] > done[on] else (on, of) for of, on in links if of != on})


def _walk(start: str, after: Mapping[str, Sequence[str]], done: dict[str, int]) -> None:
    """Number everything that can be reached in the order in which it is finished; no recursion, no limit of depth."""
    waiting = [(start, iter(after[start]))] if start not in done else []
    open_ = {start}
    while waiting:
        key, rest = waiting[-1]
        following = next((one for one in rest if one not in done and one not in open_), None)
        if following is None:
            done[key] = len(done)
            waiting.pop()
        else:
            open_.add(following)
            waiting.append((following, iter(after[following])))


def _layers(keys: Sequence[str], forward: Sequence[tuple[str, str]]) -> list[list[str]]:
    """Each box one layer behind the last that leads to it; one that only leads on, just before the first of these."""
    into: dict[str, list[str]] = {key: [] for key in keys}
    out: dict[str, list[str]] = {key: [] for key in keys}
    for of, on in forward:
        into[on].append(of)
        out[of].append(on)
    rank: dict[str, int] = {}
    missing = {key: len(into[key]) for key in keys}
    ready = [key for key in keys if not missing[key]]
    for key in ready:
        rank[key] = max((rank[one] + 1 for one in into[key]), default=0)
        for one in out[key]:
            missing[one] -= 1
            ready += [one] if not missing[one] else []
    for key in reversed(ready):
        if not into[key] and out[key]:
            rank[key] = min(rank[one] for one in out[key]) - 1
    layers: list[list[str]] = [[] for _ in range(max(rank.values(), default=-1) + 1)]
    for key in keys:
        layers[rank[key]].append(key)
    return layers


def _ordered(layers: list[list[str]], forward: Sequence[tuple[str, str]]) -> list[list[str]]:
    """The layers, each in the order of the middle of what its boxes are linked with; twice there and back."""
    beside: dict[str, list[str]] = {key: [] for layer in layers for key in layer}
    for of, on in forward:
        beside[of].append(on)
        beside[on].append(of)
    height = {key: place / max(1, len(layer)) for layer in layers for place, key in enumerate(layer)}
    for sweep in (layers, layers[::-1], layers, layers[::-1]):
        for layer in sweep:
            middle = {key: _mean([height[one] for one in beside[key]], height[key]) for key in layer}
            layer.sort(key=lambda key, middle=middle: (middle[key], key))  # type: ignore[misc]  # bound at once
            height |= {key: (place + 0.5) / len(layer) for place, key in enumerate(layer)}
    return layers


def _columns(layers: Sequence[Sequence[str]], zones: Mapping[str, str]) -> list[list[tuple[str, list[str]]]]:
    """The layers by zone, a zone where the first of its boxes would stand; a tall layer in several columns."""
    columns = []
    for layer in layers:
        together: dict[str, list[str]] = {}
        for key in layer:
            together.setdefault(zones[key], []).append(key)
        ordered = [(title, key) for title, members in together.items() for key in members]
        count = -(-len(ordered) // _TALLEST)
        share = -(-len(ordered) // max(1, count))
        columns += [_by_zone(ordered[at : at + share]) for at in range(0, len(ordered), share)]
    return columns


def _by_zone(pairs: Sequence[tuple[str, str]]) -> list[tuple[str, list[str]]]:
    found: dict[str, list[str]] = {}
    for title, key in pairs:
        found.setdefault(title, []).append(key)
    return list(found.items())


def _height(column: Sequence[tuple[str, Sequence[str]]]) -> int:
    return sum(_zone_height(len(members)) + _GAP for _, members in column) - _GAP if column else 0


def _zone_height(count: int) -> int:
    return _ZONE_HEAD + count * _STEP + _PAD - (_STEP - BOX_HEIGHT)


def _frame(title: str, column: int, top: int, count: int) -> Zone:
    return Zone(title, column * _COLUMN, top, BOX_WIDTH + 2 * _PAD, _zone_height(count), count)


def _mean(values: Sequence[float], otherwise: float) -> float:
    return sum(values) / len(values) if values else otherwise
