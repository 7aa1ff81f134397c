"""What is run and what for: business processes with their steps, and integrations with their whole record."""

from __future__ import annotations

from typing import Any

from controlplane.console.estate.catalogue import person
from controlplane.console.estate.document import Entry, Known, judged
from controlplane.console.estate.many import check_belonging
from controlplane.console.estate.rows import Rows
from controlplane.inventory.environments import PRODUCTION
from controlplane.inventory.models import (
    Classification,
    Company,
    Criticality,
    Environment,
    FailureMode,
    Integration,
    Interface,
    Layer,
    Pattern,
    Process,
    ProcessStep,
    Stage,
    SyncMode,
)
from controlplane.inventory.wording import in_words
from controlplane.people.models import Team


def process(entry: Entry, rows: Rows) -> None:
    """A business process, with its steps in their order."""
    steps = _steps(entry)
    row = rows.put(
        entry,
        Process,
        name=entry.name(),
        purpose=entry.take("purpose", ""),
        team=entry.refer_maybe("team", rows.of(Team)),
        owner=person(entry, "owner", rows),
        steps=steps,
    )
    with judged():
        rows.put_steps(entry, row, [step["slug"] for step in steps], [step["name"] for step in steps])


def _steps(entry: Entry) -> list[dict[str, str]]:
    found: list[dict[str, str]] = []
    for step in entry.inner("steps"):
        slug = step.need("slug")
        if slug in {one["slug"] for one in found}:
            step.amiss("slug", f"there is a step {slug!r} before it.")
        name = step.take("name", in_words(slug))
        if slug:
            check_belonging(step, ProcessStep, slug, name=name)
        found.append({"slug": slug, "name": name})
    return found


def integration(entry: Entry, rows: Rows) -> None:
    """The governed unit."""
    of = entry.refer_maybe("process", rows.of(Process))
    environment = entry.refer("environment", rows.of(Environment), PRODUCTION)
    rows.put(
        entry,
        Integration,
        name=entry.name(),
        purpose=entry.take("purpose", ""),
        team=entry.refer("team", rows.of(Team)),
        company=entry.refer_maybe("company", rows.of(Company)),
        environment=environment,
        family=_family(entry, rows, environment),
        source=entry.refer_maybe("source", rows.of(Interface)),
        criticality=entry.choice("criticality", Criticality.values, Criticality.NORMAL),
        stage=entry.choice("stage", Stage.values, Stage.LIVE),
        **_part_of(entry, rows, of),
        **_people(entry, rows),
        **_design(entry),
        **_objectives(entry),
        failure_modes=_failure_modes(entry),
    )


def _family(entry: Entry, rows: Rows, environment: Environment) -> str:
    """The word for the same integration elsewhere: in one environment, one integration has it."""
    family = entry.take("family", "")
    with judged():
        if family and (other := rows.family(family, environment, entry.slug)):
            entry.amiss("family", f"{other!r} is the one of the family {family!r} in {environment.slug}.")
    return family


def _part_of(entry: Entry, rows: Rows, of: Process | None) -> dict[str, Any]:
    """Its process, the steps of it that it carries, and where it writes."""
    targets = entry.refer_all("targets", rows.of(Interface)) if entry.items("targets") else []
    steps: list[ProcessStep] = []
    if entry.items("steps") and of is None and not entry.is_amiss("process"):
        entry.amiss("steps", "it belongs to no process; name its process.")
    elif entry.items("steps"):
        with judged():
            steps = entry.refer_all("steps", rows.steps_of(of) if of is not None else Known())
    return {"process": of, "steps": steps, "targets": targets}


def _people(entry: Entry, rows: Rows) -> dict[str, Any]:
    return {"owner": person(entry, "owner", rows), "deputy": person(entry, "deputy", rows)}


def _design(entry: Entry) -> dict[str, Any]:
    """How it joins its systems, and how closely what it carries is kept."""
    return {
        "pattern": entry.choice_maybe("pattern", Pattern.values),
        "layer": entry.choice_maybe("layer", Layer.values),
        "sync_mode": entry.choice_maybe("sync_mode", SyncMode.values),
        "real_time_need": entry.take("real_time_need", ""),
        "classification": entry.choice_maybe("classification", Classification.values),
        "residency": entry.take("residency", ""),
    }


def _objectives(entry: Entry) -> dict[str, Any]:
    """What it must keep."""
    return {
        "latency_seconds": entry.positive("latency_seconds", 1.0) if entry.has("latency_seconds") else None,
        "retention_days": entry.at_least_none("retention_days"),
        "recovery_point_minutes": entry.at_least_none("recovery_point_minutes"),
        "recovery_time_minutes": entry.at_least_none("recovery_time_minutes"),
        "daily_volume": entry.at_least_none("daily_volume"),
        "runbook": entry.take("runbook", ""),
    }


def _failure_modes(entry: Entry) -> dict[str, dict[str, str]]:
    """By their slugs, without what is empty."""
    found: dict[str, dict[str, str]] = {}
    for mode in entry.inside("failure_modes"):
        fields = {"name": mode.name(), "sign": mode.take("sign", ""), "workaround": mode.take("workaround", "")}
        check_belonging(mode, FailureMode, mode.slug, **fields)
        found[mode.slug] = {name: words for name, words in fields.items() if words}
    return found
