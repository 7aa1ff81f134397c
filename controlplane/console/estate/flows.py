"""What happens then: flows with their routes, and the jobs that read systems on a schedule."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import time
from typing import Any

from connectors.interface import connector_class
from controlplane.console.estate.agreements import keys, lines
from controlplane.console.estate.changes import differences
from controlplane.console.estate.document import UNKNOWN, Entry, judged
from controlplane.console.estate.doors import as_it_is, retention
from controlplane.console.estate.flagging import matrix_of
from controlplane.console.estate.rows import Rows
from controlplane.contracts.models import Contract, VersionState
from controlplane.credentials.models import Credential
from controlplane.inventory.models import EntityKind, Instance, Integration, Interface, Lifecycle
from controlplane.sync.models import Deletions, Mode, SyncJob
from controlplane.sync.rules.schedule import ScheduleKind
from controlplane.transactions.flows.findings import starting
from controlplane.transactions.flows.publish import Named, check_steps, publish_flow, steps_hash
from controlplane.transactions.models import Destination, Flow, FlowVersion, Route
from controlplane.transactions.rules.flow import KINDS, LANES, Step, misplaced, read_step, read_steps
from controlplane.transactions.rules.ownership import Finding


def flow(entry: Entry, rows: Rows) -> None:
    """Steps and what starts them; changed steps are a new version, and the one before it retires."""
    integration = entry.refer("integration", rows.of(Integration))
    row = rows.put(entry, Flow, name=entry.name(), integration=integration)
    steps = [(step, _step(step, rows)) for step in entry.inner("steps")]
    ordering = entry.expression("ordering")
    named = Named(rows.of(Destination), rows.of(EntityKind), rows.of(Instance))
    _check_steps(entry, steps, named)
    content = [step for _, step in steps]
    routes = list(_given_routes(entry, row, rows))
    findings: list[Finding] = []
    if entry.stands:
        findings = _findings(entry, content, routes, integration, rows)
        _publish(entry, row, content, ordering, rows, named, findings)
    _end_routes(entry, row, routes, rows)


def _findings(
    entry: Entry, steps: Sequence[Mapping[str, Any]], routes: Sequence[Route], integration: Integration, rows: Rows
) -> list[Finding]:
    """What it would write without owning it: said whenever the document is planned or applied."""
    # Doors were read once, with whose they are; each route and integration would ask for its own again.
    doors = rows.once("doors", lambda: _doors(rows))
    source = doors.get(integration.source_id)
    starts = starting(
        [(route.event_type, doors.get(route.interface_id)) for route in routes if route is not UNKNOWN],
        source.instance.system_id if source is not None else None,
    )
    found = rows.once("matrix", lambda: matrix_of(rows)).findings(read_steps(steps), starts)
    rows.applied.flagged += [f"{entry.where}: {one.words}" for one in found]
    return found


def _doors(rows: Rows) -> Mapping[int | None, Interface]:
    return {one.pk: one for one in rows.of(Interface).values() if one is not UNKNOWN}


def _check_steps(entry: Entry, steps: Sequence[tuple[Entry, Mapping[str, Any]]], named: Named) -> None:
    """What publishing would complain of, for every step; each where the step stands."""
    read: list[Step] = []
    for number, (given, step) in enumerate(steps, 1):
        with entry.telling("steps", number):
            if given.stands:
                read.append(read_step(step, number))
                check_steps(read[-1:], named)
    for words in misplaced(read) if len(read) == len(entry.items("steps")) else ():
        entry.amiss("steps", words)


def _publish(
    entry: Entry,
    row: Flow,
    steps: list[dict[str, Any]],
    ordering: str,
    rows: Rows,
    named: Named,
    findings: Sequence[Finding],
) -> None:
    live = rows.newest(FlowVersion, "flow", state=VersionState.PUBLISHED)
    before = live.get(row.pk)
    if before is not None and before.content_hash == steps_hash(steps, ordering):
        return
    with entry.telling("steps"):
        if rows.writes:
            version = publish_flow(row, steps, ordering=ordering, actor=rows.actor, among=named, findings=findings)
        else:
            last = rows.newest(FlowVersion, "flow").get(row.pk)
            version = FlowVersion(flow=row, number=last.number + 1 if last else 1, steps=steps, ordering=ordering)
        says = f"a new version, v{version.number}"
        differing = differences(before, version, "steps", "ordering")
        rows.note(entry, "created", f" v{version.number}", *differing, says=says)


def _step(step: Entry, rows: Rows) -> dict[str, Any]:
    """A step as it is stored: mappings and keys are written short in the document."""
    step.need("name")
    step.take("title", "")
    step.take("required", True)
    step.items("needs")
    step.expression("when")
    _check_record(step, rows)
    kind = step.choice("kind", KINDS)
    if step.has("lane"):
        step.choice("lane", LANES)
    if kind == "deliver":
        _check_target(step, rows)
        step.refer_maybe("contract", rows.of(Contract))
    elif kind in QUESTIONS:
        QUESTIONS[kind](step, rows)
    elif step.is_amiss("kind"):
        step.leave()
    _check_links(step, rows)
    return step.given() | {"mapping": lines(step, "mapping"), "keys": keys(step, rows)}


def _check_record(step: Entry, rows: Rows) -> None:
    """Of what the step writes a record, what it does to it, and which attributes its targets are."""
    if step.has("entity"):
        step.choice("entity", rows.of(EntityKind))
    if step.has("does"):
        step.choice("does", Lifecycle.values)
    step.texts("writes")


def _check_look_up(step: Entry, rows: Rows) -> None:
    """What publishing judges is only taken here: fields that nobody takes are mistakes."""
    _check_question(step, rows)
    step.need("stream")
    step.take("by", "")
    step.take("cache", 0.0)
    step.items("keep")
    step.items("personal")


def _check_identity(step: Entry, rows: Rows) -> None:
    _check_question(step, rows)
    step.choice("of", rows.of(EntityKind))
    step.refer_maybe("issuer", rows.of(Instance))


def _check_question(step: Entry, rows: Rows) -> None:
    step.refer("destination", rows.of(Destination))
    _check_key(step)
    step.take("deadline", 0.0)
    step.take("fallback", {} if isinstance(step.given().get("fallback"), dict) else "")


QUESTIONS = {"lookup": _check_look_up, "identity": _check_identity}


def _check_links(step: Entry, rows: Rows) -> None:
    for link in step.inner("links"):
        link.choice("kind", rows.of(EntityKind))
        _check_key(link)
        link.expression("value")
        link.refer_maybe("issuer", rows.of(Instance))


def _check_key(entry: Entry) -> None:
    if entry.need("key"):
        entry.expression("key")


def _check_target(step: Entry, rows: Rows) -> None:
    destination = step.refer("destination", rows.of(Destination))
    step.need("operation")
    with judged():
        operations = connector_class(destination.instance.system.connector).operations
        step.choice("operation", [operation.name for operation in operations])


def _end_routes(entry: Entry, row: Flow, given: Sequence[Route], rows: Rows) -> None:
    """A route that is no longer given starts nothing any more."""
    kept = {route.pk for route in given if route is not UNKNOWN}
    if not entry.stands:
        return
    for route in rows.all_of(Route, "flow", row):
        if route.active and route.pk not in kept:
            route.active = False
            rows.write(route, "active")
            says = f"no longer starts with {route.event_type}"
            rows.note(entry, "changed", f" {says}", says=says)


def _given_routes(entry: Entry, row: Flow, rows: Rows) -> Iterator[Route]:
    seen: set[tuple[str, str]] = set()
    for given in entry.inner("routes"):
        event_type = given.need("event_type")
        interface = given.refer_maybe("interface", rows.of(Interface))
        condition = given.expression("condition")
        place = (event_type, given.take("interface", ""))
        if place in seen:
            given.amiss("event_type", "this type already starts the flow; join the two conditions with ||.")
        seen.add(place)
        where = {"flow": row, "event_type": event_type, "interface": interface}
        yield rows.put_at(given, Route, where, condition=condition, active=True)


def job(entry: Entry, rows: Rows) -> None:
    """A stream that is read by hand, by a cron expression, or every so many seconds."""
    rows.put(
        entry,
        SyncJob,
        name=entry.name(),
        integration=entry.refer("integration", rows.of(Integration)),
        interface=entry.refer("interface", rows.of(Interface)),
        credential=entry.refer_maybe("credential", rows.of(Credential)),
        stream=entry.need("stream"),
        event_type=entry.need("event_type"),
        deleted_type=entry.take("deleted_type", ""),
        key_field=entry.take("key_field", ""),
        schedule=entry.choice("schedule", ScheduleKind.values, ScheduleKind.MANUAL),
        cron=entry.take("cron", ""),
        every_seconds=entry.take("every_seconds", 0) or None,
        time_zone=entry.take("time_zone", "UTC"),
        window_start=_time(entry, "window_start"),
        window_end=_time(entry, "window_end"),
        mode=entry.choice("mode", Mode.values, Mode.INCREMENTAL),
        deletions=entry.choice("deletions", Deletions.values, Deletions.IGNORED),
        page_size=entry.positive("page_size", 200),
        records_per_second=entry.take("records_per_second", 0.0) or None,
        rejected_share=entry.take("rejected_share", 0.0) or None,
        deleted_share=entry.take("deleted_share", 0.05),
        deleted_free=entry.take("deleted_free", 5),
        lane=LANES[entry.choice("lane", LANES, "bulk") or "bulk"],
        retention=retention(entry),
        **as_it_is(entry, "active", True),
    )


def _time(entry: Entry, name: str) -> time | None:
    text = entry.take(name, "")
    try:
        return time.fromisoformat(text) if text else None
    except ValueError:
        entry.amiss(name, f"expected a time such as '06:30', found {text!r}.")
        return None
