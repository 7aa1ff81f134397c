"""A proposed mapping, or the mappings of a proposed flow, run over events that really came in."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final

from django.db.models import Q

from controlplane.console.entries.reach import uses_of
from controlplane.console.entries.sorts import Sort
from controlplane.console.entries.standing import is_word
from controlplane.foundation.expressions import ExpressionFailed, expression
from controlplane.governance.kinds import Found
from controlplane.transactions.models import Endpoint, Normalisation
from controlplane.transactions.pipeline.starting import step_holds
from controlplane.transactions.rules import mapping
from controlplane.transactions.rules.flow import MappingLine, Step, read_lines, read_steps
from controlplane.transactions.rules.mapping import MappingFailed
from controlplane.transactions.rules.states import StepKind
from controlplane.transactions.selectors.mapping import paths_in
from controlplane.transactions.selectors.samples import Sample, samples

#: Events that a proposed version is tried on.
TRIED: Final = 200
#: Of those that it fails on, how many are named.
NAMED: Final = 3


def events_for(sort: Sort, slug: str, entry: Mapping[str, Any], most: int = TRIED) -> list[Sample]:
    """The newest events that it would have to do with."""
    types, doors = _of_flow(entry) if sort.section == "flows" else _of_mapping(slug)
    feeding = Endpoint.objects.filter(interface__in=doors).values_list("integration", flat=True)
    return samples({*uses_of(sort, slug, entry), *feeding}, types, most)


def try_mapping(slug: str, sort: Sort, entry: Mapping[str, Any]) -> Found:
    """Whether its lines make something of every record that is mapped by it."""
    lines = read_lines([{"target": target, "expression": one} for target, one in (entry.get("lines") or {}).items()])
    vendor = set(_mapped_by(slug).values_list("event_type", flat=True))
    tried = [one for one in events_for(sort, slug, entry) if one.type in vendor]
    return _told(tried, lambda one: _mapped(lines, one))


def try_flow(slug: str, sort: Sort, entry: Mapping[str, Any]) -> Found:
    """Whether its steps make something of every event that starts it; what waits for an answer is not tried."""
    steps = read_steps([_stored(step) for step in entry.get("steps") or []])
    routes = entry.get("routes") or []
    tried = [one for one in events_for(sort, slug, entry) if _starts(routes, one)]
    found = _told(tried, lambda one: _carried(steps, one))
    left = [step.name for step in steps if step.kind is not StepKind.MAP and _waits(step, steps)]
    more = f" Not tried, because an answer is missing: {', '.join(left)}." if left and tried else ""
    return Found(found.passed, found.detail + more)


def _told(tried: Sequence[Sample], fails: Callable[[Sample], str]) -> Found:
    """Never green without evidence (invariant 11). Where it fails is told, never on which values."""
    if not tried:
        return Found(passed=False, detail="None has come in lately: nothing shows what would become of them.")
    failed = [(one.transaction, why) for one in tried if (why := fails(one))]
    if not failed:
        return Found(passed=True, detail=f"All of the last {len(tried):,} would be mapped.")
    named = "; ".join(f"{transaction} at {why}" for transaction, why in failed[:NAMED])
    return Found(passed=False, detail=f"{len(failed):,} of the last {len(tried):,} would fail, among them {named}.")


def _mapped(lines: Sequence[MappingLine], one: Sample) -> str:
    record = dict(one.record)
    try:
        mapping.apply(lines, {"record": record, "event": record, "type": one.type})
    except MappingFailed as error:
        return error.target
    return ""


def _carried(steps: Sequence[Step], one: Sample) -> str:
    """Where the first step fails; "" where none does."""
    context = one.context()
    for step in steps:
        if _waits(step, steps) or not step_holds(step, context):
            continue
        try:
            made = mapping.apply(step.lines, context)
        except MappingFailed as error:
            return f"{step.name}.{error.target}"
        if step.kind is StepKind.MAP:
            context["steps"][step.name] = made
    return ""


def _waits(step: Step, steps: Sequence[Step]) -> bool:
    """Whether it reads what another step has asked for, or what was made of that."""
    waiting: set[str] = set()
    for one in steps:
        read = {name for source in _sources(one) for name in _steps_read(source)}
        if not read.isdisjoint(waiting):
            if one is step:
                return True
            waiting.add(one.name)
        elif one.kind is not StepKind.MAP:
            waiting.add(one.name)
    return False


def _sources(step: Step) -> Iterator[str]:
    yield from (line.expression for line in step.lines)
    if step.when:
        yield step.when


def _steps_read(source: str) -> Iterator[str]:
    for path in paths_in(source):
        root, *rest = path.split(".")
        if root == "steps" and rest:
            yield rest[0]


def _starts(routes: Sequence[Mapping[str, Any]], one: Sample) -> bool:
    """A condition that fails is not met, as in the pipeline. The type was asked for already."""
    return not routes or any(_holds(str(route.get("condition") or ""), one) for route in routes)


def _holds(condition: str, one: Sample) -> bool:
    try:
        return not condition or bool(expression(condition).holds(one.context()))
    except ExpressionFailed:
        return False


def _stored(step: Mapping[str, Any]) -> dict[str, Any]:
    """A step as it is stored, of how a document writes it."""
    lines = [{"target": target, "expression": source} for target, source in (step.get("mapping") or {}).items()]
    keys = [{"kind": kind, "value": value} for kind, value in (step.get("keys") or {}).items()]
    return {**step, "mapping": lines, "keys": keys}


def _of_flow(entry: Mapping[str, Any]) -> tuple[set[str], set[int]]:
    """The canonical types that start it, and the doors through which they come."""
    routes = [route for route in entry.get("routes") or [] if is_word(route.get("event_type"))]
    types = {route["event_type"] for route in routes}
    events = Normalisation.objects.filter(canonical_type__in=types).values_list("interface", flat=True)
    named = {route["interface"] for route in routes if is_word(route.get("interface"))}
    rows = Endpoint.objects.filter(Q(interface__in=list(events)) | Q(interface__slug__in=named))
    return types, set(rows.values_list("interface", flat=True))


def _of_mapping(slug: str) -> tuple[set[str], set[int]]:
    rows = list(_mapped_by(slug).values_list("canonical_type", "interface"))
    return {name for name, _ in rows}, {door for _, door in rows}


def _mapped_by(slug: str) -> Any:
    return Normalisation.objects.filter(mapping_version__mapping__slug=slug)
