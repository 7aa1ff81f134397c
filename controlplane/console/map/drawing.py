"""A folded graph as it is drawn and listed: the same boxes and lines in both, so that neither knows more."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Final

from controlplane.console.map.asked import Asked
from controlplane.console.map.estate import Estate, Tile
from controlplane.console.map.layout import BOX_HEIGHT, BOX_WIDTH, Layout, Placed, Zone, layout
from controlplane.inventory.models import Stage, SystemStage
from controlplane.inventory.rules.folding import Box, Folded, Line
from controlplane.inventory.rules.graph import Kind, Node, Relation
from controlplane.transactions.selectors.volume import Lately

#: Letters that fit into a box, of its name and of what stands below.
_TITLE, _SUB = 18, 22
_FAILING: Final = 95.0
_LEAVING: Final[Mapping[str, str]] = {SystemStage.RETIRING.value: "warn", SystemStage.RETIRED.value: "off"}
_PORT: Final = 6
#: Columns of a drawing in sides; systems and domains stand in 1 or 3.
_SIDES: Final[Mapping[str, int]] = {
    "contract": 0,
    "contracts": 0,
    "credential": 0,
    "integration": 2,
    "team": 2,
    "rest": 2,
    "process": 4,
    "processes": 4,
    "step": 4,
}
_KINDS: Final[Mapping[str, tuple[str, str]]] = {
    "system": ("System", "Systems"),
    "instance": ("Instance", "Instances"),
    "interface": ("Interface", "Interfaces"),
    "integration": ("Integration", "Integrations"),
    "process": ("Process", "Processes"),
    "step": ("Step", "Steps"),
    "credential": ("Credential", "Credentials"),
    "contract": ("Contract", "Contracts"),
    "team": ("Team's integrations", "Teams"),
    "domain": ("Domain", "Domains"),
    "processes": ("All processes", "Processes"),
    "contracts": ("All contracts", "Contracts"),
    "rest": ("Others", "Others"),
}
#: Of these an arrow leads from what stands to what it stands on; of all others the other way: as things flow.
_FORTH: Final = frozenset({Relation.WRITES})


@dataclass(slots=True)
class Shape:
    """A box in the drawing and in the list. ``tone`` is a status shape or "", ``marks`` classes of the drawing."""

    key: str
    title: str
    kind: str
    sub: str
    url: str
    tile: Tile | None = None
    tone: str = ""
    marks: str = ""
    zone: str = ""
    stage: str = ""
    placed: Placed = field(default_factory=lambda: Placed("", 0, 0, 0))
    stands_on: list[Tie] = field(default_factory=list)
    stood_on_by: list[Tie] = field(default_factory=list)

    @property
    def short(self) -> str:
        """Its title, as far as it fits."""
        return _fitting(self.title, _TITLE)

    @property
    def short_sub(self) -> str:
        """What stands below, as far as it fits."""
        return _fitting(self.sub, _SUB)


@dataclass(frozen=True, slots=True)
class Tie:
    """One line as the list has it: the other box, and how, in words."""

    title: str
    url: str
    how: str


@dataclass(frozen=True, slots=True)
class Arrow:
    """A line in the drawing: its path, its classes, and how many edges it carries, where these are several."""

    path: str
    marks: str
    count: int
    x: int
    y: int


@dataclass(frozen=True, slots=True)
class Drawing:
    """Everything of it, with the boxes in the order of the list."""

    shapes: Sequence[Shape]
    arrows: Sequence[Arrow]
    zones: Sequence[Zone]
    width: int
    height: int
    columns: int


@dataclass(frozen=True, slots=True)
class Looks:
    """What the boxes are marked by: what was asked for, what is hit, and how much went through lately."""

    estate: Estate
    wanted: Asked
    hit: Collection[str]
    lately: Mapping[int, Lately]


def draw(folded: Folded, looks: Looks) -> Drawing:
    """Place, mark and join the boxes of a graph."""
    shapes = {box.key: _shape(box, looks) for box in folded.boxes}
    flows = _flows(folded.lines)
    zones, pairs = {key: shape.zone for key, shape in shapes.items()}, list(flows)
    placed = layout(zones, pairs, _sides(shapes, flows))
    for key, shape in shapes.items():
        shape.placed = placed.boxes[key]
    _tie(folded.lines, shapes)
    order = list(_KINDS)
    listed = sorted(shapes.values(), key=lambda one: (order.index(one.key.partition(":")[0]), one.title, one.key))
    return Drawing(listed, _arrows(flows, placed, shapes), placed.zones, placed.width, placed.height, placed.columns)


# -- boxes ----------------------------------------------------------------------------------------


def _shape(box: Box, looks: Looks) -> Shape:
    word = box.key.partition(":")[0]
    node = box.node
    members = [one for one in box.members if one.kind is Kind.INTEGRATION]
    return Shape(
        key=box.key,
        title=node.name if node else _title(box, looks),
        kind=_KINDS[word][0],
        sub=_sub(box, members, looks),
        url=_url(box, looks.wanted),
        tile=looks.estate.tile(node) if node else None,
        tone=_tone(node, members, looks),
        marks=_marks(box, looks),
        zone=_zone(box, looks),
        stage=_stage(node),
    )


def _title(box: Box, looks: Looks) -> str:
    word, _, slug = box.key.partition(":")
    if word == "team":
        return looks.estate.teams.get(slug, "No team")
    if word == "domain":
        return slug if slug != "?" else "No domain yet"
    return _KINDS[word][1]


def _zone(box: Box, looks: Looks) -> str:
    word, node = box.key.partition(":")[0], box.node
    if node is not None and word in {"system", "instance", "interface"}:
        return node.domain or "No domain yet"
    if node is not None and word == "integration":
        return looks.estate.teams.get(node.team, "No team")
    return "Processes" if word == "step" else _KINDS[word][1]


def _sub(box: Box, members: Sequence[Node], looks: Looks) -> str:
    """What stands below its name: how many stop, how much goes through, or what it holds."""
    stage = _stage(box.node)
    if stage:
        return stage
    if looks.hit and box.node is None and (hit := sum(one.ref in looks.hit for one in box.members)):
        return f"{hit} of {len(box.members)} hit"
    if box.node is not None and members:
        received = sum(one.received for one in _lately(members, looks))
        return f"{received:,} in 24 h" if received else "no traffic in 24 h"
    counted = Counter(one.kind for one in box.members if box.node is None or one.ref != box.key)
    words = [f"{count:,} {_KINDS[kind][count != 1].lower()}" for kind, count in counted.most_common()]
    return ", ".join(words) or _KINDS[box.key.partition(":")[0]][0]


def _stage(node: Node | None) -> str:
    """A stage that is worth a word: of a system that goes or comes, of an integration that is not live."""
    if node is None or node.stage in {"", Stage.LIVE}:
        return ""
    return SystemStage(node.stage).label if node.kind is Kind.SYSTEM else Stage(node.stage).label


def _tone(node: Node | None, members: Sequence[Node], looks: Looks) -> str:
    if node is not None and node.kind is Kind.SYSTEM:
        return _LEAVING.get(node.stage, "")
    known = _lately(members, looks)
    if any(_is_failing(one) for one in known):
        return "bad"
    return "ok" if known else "off" if members else ""


def _lately(members: Iterable[Node], looks: Looks) -> list[Lately]:
    ids = looks.estate.ids
    return [looks.lately[ids[one.ref]] for one in members if ids[one.ref] in looks.lately]


def _is_failing(one: Lately) -> bool:
    judged = one.arrived + one.failed
    return bool(judged) and one.arrived / judged * 100 < _FAILING


def _marks(box: Box, looks: Looks) -> str:
    refs = {one.ref for one in box.members}
    marks = "focus" if refs & {looks.wanted.stop or looks.wanted.about} else ""
    return marks or ("hitn" if any(ref in looks.hit for ref in refs) else "")


def _url(box: Box, wanted: Asked) -> str:
    word, _, slug = box.key.partition(":")
    if box.node is not None:
        return wanted.url(about=box.key)
    if word == "team" and slug != "?":
        return wanted.url(team=slug, about="")
    if word == "domain" and slug != "?":
        return wanted.url(domain=slug, about="")
    return ""


# -- lines ----------------------------------------------------------------------------------------


def _flows(lines: Iterable[Line]) -> Mapping[tuple[str, str], Line]:
    """From where to where things go, with the line that says so; what is read and written is two arrows."""
    flows: dict[tuple[str, str], Line] = {}
    for line in lines:
        for relation, count in sorted(line.relations.items()):
            ends = (line.of, line.on) if relation in _FORTH else (line.on, line.of)
            flow = flows.setdefault(ends, Line(line.of, line.on))
            flow.relations[relation] += count
            flow.undeclared, flow.unseen = line.undeclared, line.unseen
    return flows


def _sides(shapes: Iterable[str], flows: Mapping[tuple[str, str], Line]) -> Mapping[str, int]:
    """What stands where in a drawing that would be too long: systems left that feed more than they are fed."""
    net: Counter[str] = Counter()
    for (of, on), line in flows.items():
        net[of] += line.count
        net[on] -= line.count
    return {key: _SIDES.get(key.partition(":")[0], 1 if net[key] >= 0 else 3) for key in shapes}


def _tie(lines: Iterable[Line], shapes: Mapping[str, Shape]) -> None:
    for line in lines:
        of, on = shapes[line.of], shapes[line.on]
        of.stands_on.append(Tie(on.title, on.url, _how(line)))
        on.stood_on_by.append(Tie(of.title, of.url, _how(line)))


def _how(line: Line) -> str:
    """Such as ``reads 2, writes 1; 1 never declared``."""
    words = ", ".join(f"{relation} {count}" if line.count > 1 else relation for relation, count in _sorted(line))
    more = [f"{line.undeclared} never declared"] if line.undeclared else []
    more += [f"{line.unseen} declared and not seen"] if line.unseen else []
    return "; ".join([words, *more])


def _sorted(line: Line) -> list[tuple[Relation, int]]:
    order = list(Relation)
    return sorted(line.relations.items(), key=lambda pair: order.index(pair[0]))


def _arrows(flows: Mapping[tuple[str, str], Line], placed: Layout, shapes: Mapping[str, Shape]) -> list[Arrow]:
    starts, ends = _ports(flows, placed, 0), _ports(flows, placed, 1)
    arrows = []
    for pair, line in flows.items():
        a, b = placed.boxes[pair[0]], placed.boxes[pair[1]]
        path, x, y = _path(a, b, starts[pair], ends[pair])
        arrows.append(Arrow(path, _line_marks(pair, line, shapes), line.count, x, y))
    return arrows


def _path(a: Placed, b: Placed, start: int, end: int) -> tuple[str, int, int]:
    """From one box to another, and where its number stands."""
    y1, y2 = a.middle + start, b.middle + end
    if b.column > a.column:
        x1, x2 = a.x + BOX_WIDTH, b.x
    elif b.column < a.column:
        x1, x2 = a.x, b.x + BOX_WIDTH
    else:
        x1 = x2 = a.x + BOX_WIDTH
        return f"M{x1} {y1}C{x1 + 36} {y1} {x2 + 36} {y2} {x2} {y2}", x1 + 28, (y1 + y2) // 2
    middle = (x1 + x2) // 2
    return f"M{x1} {y1}C{middle} {y1} {middle} {y2} {x2} {y2}", middle, (y1 + y2) // 2 - 5


def _ports(flows: Iterable[tuple[str, str]], placed: Layout, end: int) -> Mapping[tuple[str, str], int]:
    """How far from the middle of its box each line begins or ends, so that several can be told apart."""
    ordered = sorted(flows, key=lambda pair: (pair[end], placed.boxes[pair[1 - end]].y, pair))
    found: dict[tuple[str, str], int] = {}
    for _, group in groupby(ordered, key=lambda pair: pair[end]):
        pairs = list(group)
        step = min(_PORT, (BOX_HEIGHT - 12) // max(1, len(pairs) - 1))
        for place, pair in enumerate(pairs):
            found[pair] = round((place - (len(pairs) - 1) / 2) * step)
    return found


def _line_marks(pair: tuple[str, str], line: Line, shapes: Mapping[str, Shape]) -> str:
    tones = {shapes[key].tone for key in pair if key.partition(":")[0] in {"integration", "team"}}
    tone = "bad" if "bad" in tones else "ok" if "ok" in tones else ""
    if line.undeclared == line.count:
        return f"{tone} unsaid".strip()
    return tone


def _fitting(words: str, letters: int) -> str:
    return words if len(words) <= letters else f"{words[: letters - 1].rstrip()}…"
