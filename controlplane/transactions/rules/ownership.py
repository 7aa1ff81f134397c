"""Which attributes of the canonical model a step writes, and whether its source may. Pure.

Decision 17 has the reasons. A line of a step's mapping writes the attribute that it reads: ``event.tax_id`` of an
``account.created.v1`` is ``account.tax_id``, and ``event.customer.tax_id`` of anything is ``customer.tax_id``. A step
may say of which ``entity`` it writes a record, and ``writes`` names an attribute for a target itself. What a line takes
from a look-up (``steps.…``) comes from the system that was asked. What names a record is not written by being named.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Final

from controlplane.transactions.rules.flow import MappingLine, Step
from controlplane.transactions.rules.states import StepKind

OFF, FLAG, BLOCK = "off", "flag", "block"
_TEXT = re.compile(r"""'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*\"""")
_READ = re.compile(r"\b(event|steps)((?:\.[A-Za-z_]\w*\b(?!\s*\())+)", re.ASCII)
#: What an operation's name does to a record, by its last word.
_VERBS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "create": ("create",),
        "add": ("create",),
        "insert": ("create",),
        "update": ("update",),
        "patch": ("update",),
        "upsert": ("create", "update"),
        "merge": ("merge",),
        "archive": ("archive",),
        "delete": ("delete",),
        "remove": ("delete",),
    }
)


@dataclass(frozen=True, slots=True)
class Owner:
    """Who decides about an attribute: ``record`` and ``writers`` are systems' ids, the rest is for words."""

    record: int
    record_name: str
    writers: frozenset[int] = frozenset()
    steward: str = ""

    def may(self, system: int) -> bool:
        """Whether that system may write it."""
        return system == self.record or system in self.writers


@dataclass(frozen=True, slots=True)
class Entity:
    """An entity as writes are judged by it. ``owners`` by path, "" for all that have none of their own."""

    slug: str
    on_breach: str = FLAG
    operations: frozenset[str] | None = None
    attributes: frozenset[str] = frozenset()
    identifiers: frozenset[str] = frozenset()
    owners: Mapping[str, Owner] = field(default_factory=dict)

    def known(self, path: Sequence[str]) -> str:
        """The longest attribute that a path leads to or into; "" where it leads to none."""
        for end in range(len(path), 0, -1):
            if (found := ".".join(path[:end])) in self.attributes:
                return found
        return ""

    def owner(self, path: str) -> Owner | None:
        """Who decides about an attribute: by its own row, that of what it is in, or the entity's."""
        parts = path.split(".")
        for end in range(len(parts), 0, -1):
            if (found := self.owners.get(".".join(parts[:end]))) is not None:
                return found
        return self.owners.get("")


@dataclass(frozen=True, slots=True)
class Write:
    """A target that is given an attribute's value. ``by`` is the system that it comes from; None: the event's."""

    target: str
    entity: str
    path: str
    by: int | None = None

    @property
    def attribute(self) -> str:
        """Such as ``customer.tax_id``."""
        return f"{self.entity}.{self.path}"


@dataclass(frozen=True, slots=True)
class Guard:
    """A write that not everybody may: judged for each delivery, by what its source is."""

    write: Write
    owner: Owner
    blocks: bool


@dataclass(frozen=True, slots=True)
class Guards:
    """All of one step's. ``systems`` are the systems of instances, ``names`` what people call them."""

    guards: tuple[Guard, ...]
    systems: Mapping[int, int]
    names: Mapping[int, str]

    def breached(self, source_instance: int, body: Mapping[str, Any]) -> tuple[Breach, ...]:
        """What a delivery from that instance may not write, of what is in its body."""
        source = self.systems.get(source_instance)
        found = []
        for guard in self.guards:
            by = guard.write.by if guard.write.by is not None else source
            # An instance that nobody knows yet is news of less than two seconds: it is not judged by a guess.
            if by is not None and not guard.owner.may(by) and _holds(body, guard.write.target):
                found.append(Breach(guard, by, self.names.get(by, "Its source")))
        return tuple(found)


@dataclass(frozen=True, slots=True)
class Breach:
    """A write without the right to it, by the system ``by``."""

    guard: Guard
    by: int
    by_name: str

    @property
    def words(self) -> str:
        """For support: ``Salesforce does not own customer.tax_id; Odoo does.``."""
        return f"{self.by_name} does not own {self.guard.write.attribute}; {self.guard.owner.record_name} does."


def told(breaches: Sequence[Breach], *, again: bool = False) -> str:
    """Why nothing was written, whom to ask, and what to do."""
    blocked = [one for one in breaches if one.guard.blocks]
    who = dict.fromkeys(f"{one.guard.owner.steward} decides about {one.guard.write.attribute}." for one in blocked)
    stewards = [words for words in who if not words.startswith(" ")]
    nobody = [one.guard.write.attribute for one in blocked if not one.guard.owner.steward]
    parts = [one.words for one in blocked]
    parts.append("Not sent again." if again else "Not written.")
    parts += stewards
    parts += [f"Nobody is named as steward of {', '.join(dict.fromkeys(nobody))} yet."] if nobody else []
    parts.append(
        "Let the system of record send it, take the field out of the mapping, or give the right in the matrix."
    )
    return " ".join(parts)


def guards_of(
    steps: Sequence[Step],
    types: Collection[str],
    model: Mapping[str, Entity],
    asked: Mapping[str, int],
) -> dict[str, tuple[Guard, ...]]:
    """The guarded writes of each step that has any.

    ``types`` are the canonical types that start the flow, ``asked`` the system behind each destination by its slug.
    """
    answers = {step.name: asked[step.destination] for step in steps if step.destination in asked}
    own = entity_of_types(types, model)
    found: dict[str, tuple[Guard, ...]] = {}
    for step in steps:
        if step.kind is StepKind.DELIVER and (guards := tuple(_guards(writes_of(step, own, model, answers), model))):
            found[step.name] = guards
    return found


def _guards(writes: Sequence[Write], model: Mapping[str, Entity]) -> Iterator[Guard]:
    for write in writes:
        entity = model[write.entity]
        owner = entity.owner(write.path)
        if owner is None or entity.on_breach == OFF or (write.by is not None and owner.may(write.by)):
            continue
        yield Guard(write, owner, blocks=entity.on_breach == BLOCK)


def entity_of_types(types: Collection[str], model: Mapping[str, Entity]) -> str:
    """The entity that events of these types are about: ``invoice.paid.v1`` → invoice. "" where they differ."""
    found = {entity_called(kind.partition(".")[0], model) for kind in types}
    return found.pop() if len(found) == 1 else ""


def entity_called(word: str, model: Mapping[str, Entity]) -> str:
    """The entity of a word in a type or a path: ``billing_party`` → billing-party; "" where there is none."""
    slug = word.replace("_", "-")
    return slug if slug in model else ""


def writes_of(step: Step, own: str, model: Mapping[str, Entity], answers: Mapping[str, int]) -> tuple[Write, ...]:
    """The attributes that a step writes, each once a target, as far as its lines tell.

    ``own`` is the entity of the event. A line that names nothing known writes nothing that anybody owns.
    """
    about = step.entity if step.entity in model else own
    given = dict(step.writes)
    found: dict[tuple[str, str], Write] = {}
    for line in step.lines:
        writes = _given(line, given, about, model) if line.target in given else _read(line, step, about, model, answers)
        for write in writes:
            found.setdefault((write.target, write.attribute), write)
    return tuple(found.values())


def _given(line: MappingLine, given: Mapping[str, str], about: str, model: Mapping[str, Entity]) -> Iterator[Write]:
    if named := _attribute(given[line.target].split("."), about, model):
        yield Write(line.target, *named)


def _read(
    line: MappingLine, step: Step, about: str, model: Mapping[str, Entity], answers: Mapping[str, int]
) -> Iterator[Write]:
    reads = [(root, path.strip(".").split(".")) for root, path in _READ.findall(_TEXT.sub("''", line.expression))]
    named = [_attribute(path, about, model) for root, path in reads if root == "event"]
    for entity, path in filter(None, named):
        if path not in model[entity].identifiers:
            yield Write(line.target, entity, path)
    if any(named) or step.entity not in model:
        return
    # What the event does not name is what its target is called: a constant, or the answer of a look-up.
    if (path := _by_target(line.target, model[step.entity])) and path not in model[step.entity].identifiers:
        by = next((answers[words[0]] for root, words in reads if root == "steps" and words[0] in answers), None)
        yield Write(line.target, step.entity, path, by)


def _attribute(path: Sequence[str], about: str, model: Mapping[str, Entity]) -> tuple[str, str] | None:
    """Entity and attribute of a path into an event, or of ``customer.tax_id``."""
    named = entity_called(path[0], model) if len(path) > 1 else ""
    if named and (found := model[named].known(path[1:])):
        return named, found
    if about and (found := model[about].known(path)):
        return about, found
    return None


def _by_target(target: str, entity: Entity) -> str:
    """``values.status`` → status: the longest end of the target that is an attribute."""
    parts = target.split(".")
    for start in range(len(parts)):
        if (path := ".".join(parts[start:])) in entity.attributes:
            return path
    return ""


def forbidden(step: Step, own: str, model: Mapping[str, Entity]) -> tuple[str, tuple[str, ...]]:
    """The entity whose records a step writes, and what it does to them that the entity does not allow."""
    about = step.entity if step.entity in model else own
    if not about or step.kind is not StepKind.DELIVER or (allowed := model[about].operations) is None:
        return about, ()
    does = (step.does,) if step.does else (_VERBS.get(step.operation.rpartition(".")[2], ()) if step.entity else ())
    return about, tuple(word for word in does if word not in allowed)


def _holds(body: Mapping[str, Any], target: str) -> bool:
    """Whether there is something at a target: a person may have taken it out, and what is null is left out."""
    node: Any = body
    for name in target.split("."):
        if not isinstance(node, Mapping) or name not in node:
            return False
        node = node[name]
    return True


NO_GUARDS: Final[Mapping[str, Guards]] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Finding:
    """What is wrong with a step when it is written. ``how`` is ``flag``, ``block`` or ``lifecycle``."""

    step: str
    target: str
    attribute: str
    how: str
    words: str


def findings_of(
    steps: Sequence[Step],
    types: Collection[str],
    sources: Collection[int],
    model: Mapping[str, Entity],
    asked: Mapping[str, int],
    names: Mapping[int, str],
) -> list[Finding]:
    """What steps would write without the right to it, for each system that starts them; and what no entity allows."""
    guarded = guards_of(steps, types, model, asked)
    own = entity_of_types(types, model)
    found: list[Finding] = []
    for step in steps:
        for guard in guarded.get(step.name, ()):
            by = [guard.write.by] if guard.write.by is not None else sorted(sources)
            breaches = [Breach(guard, one, names.get(one, "Its source")) for one in by if not guard.owner.may(one)]
            found += [_finding(step, breach) for breach in breaches]
        entity, against = forbidden(step, own, model)
        found += [Finding(step.name, "", entity, "lifecycle", _against(step, entity, word)) for word in against]
    return found


def _finding(step: Step, breach: Breach) -> Finding:
    write, blocks = breach.guard.write, breach.guard.blocks
    effect = "Its deliveries are blocked." if blocks else "Its deliveries are flagged."
    words = f"Step {step.name!r} writes {write.attribute} at {write.target!r}. {breach.words} {effect}"
    return Finding(step.name, write.target, write.attribute, BLOCK if blocks else FLAG, words)


def _against(step: Step, entity: str, word: str) -> str:
    return f"Step {step.name!r} would {word} a record of {entity}, which its lifecycle does not allow."
