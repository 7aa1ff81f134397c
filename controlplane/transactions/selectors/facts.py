"""Everything that is stored about one transaction but its bodies, read in a handful of statements.

A transaction of a batch may have twenty thousand steps: a page has one part of them, and what it needs of the
others is counted, or fetched by name when it is asked for.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from django.db.models import QuerySet

from controlplane.foundation.errors import Invalid
from controlplane.inventory.models import Instance, Integration
from controlplane.transactions.models import Attempt, DeadLetter, FlowVersion, StepRun, Transaction
from controlplane.transactions.rules.flow import Step, read_steps
from controlplane.transactions.rules.states import StepState
from controlplane.transactions.selectors import parts
from controlplane.transactions.selectors.parts import Part, Span
from controlplane.transactions.selectors.queue import Place, places, places_of

__all__ = ["Facts", "Runs", "Span", "facts_of"]

#: Of a transaction with more steps than a part, so many waiting ones tell what it waits for.
PLACES = 100


class Runs(Mapping[str, StepRun]):
    """The runs of one part by step name, in order. One of another part is fetched when it is asked for by name."""

    def __init__(self, transaction_id: UUID, part: Sequence[StepRun], *, complete: bool) -> None:
        self._transaction_id = transaction_id
        self._part = {run.name: run for run in part}
        self._fetched: dict[str, StepRun | None] = {}
        self.complete = complete

    def __getitem__(self, name: str) -> StepRun:
        if name in self._part:
            return self._part[name]
        if self.complete or not name:
            raise KeyError(name)
        if name not in self._fetched:
            self._fetched[name] = _runs_of(self._transaction_id).filter(name=name).first()
        if (found := self._fetched[name]) is None:
            raise KeyError(name)
        return found

    def __iter__(self) -> Iterator[str]:
        return iter(self._part)

    def __len__(self) -> int:
        return len(self._part)


@dataclass(frozen=True, slots=True)
class Facts:
    """A transaction with a part of its runs by step name, and what belongs to each run by its id.

    ``integration`` and ``source`` are None where the row names one that is not configured any more. ``failed``
    is the first required step that is dead, else the first dead one, whichever part it is in. ``spans`` are the
    first inline steps, ``drawn`` those that are looked at.
    """

    transaction: Transaction
    integration: Integration | None
    source: Instance | None
    flow_version: FlowVersion | None
    steps: tuple[Step, ...]
    part: Part
    runs: Runs
    failed: StepRun | None
    attempts: dict[UUID, Sequence[Attempt]]
    places: Mapping[UUID, Place]
    letters: Mapping[UUID, DeadLetter]
    spans: Sequence[Span]
    drawn: Sequence[Span] = ()
    _by_name: Mapping[str, Step] = field(default_factory=dict)

    @property
    def is_large(self) -> bool:
        """Whether a page has a part of its steps only, and none of those that were not started."""
        return not self.runs.complete or len(self.steps) > parts.STEPS

    @property
    def team_id(self) -> int | None:
        """The team whose transaction it is."""
        return self.integration.team_id if self.integration else None

    def span(self, name: str) -> Span | None:
        """The inline step of that name, if it was reached."""
        return next((span for span in self.spans if span.get("name") == name), None)

    def step(self, name: str) -> Step | None:
        """The flow's step of that name."""
        return self._by_name.get(name)

    def of(self, run: StepRun) -> Sequence[Attempt]:
        """The tries of a run, in order: the first, and the newest :data:`parts.TRIES`."""
        if run.id not in self.attempts:
            self.attempts.update(parts.attempts_of([run.id]))
        return self.attempts[run.id]

    def letter(self, run: StepRun) -> DeadLetter | None:
        """The dead letter of a run."""
        if run.id in self.letters or run.name in set(self.runs):
            return self.letters.get(run.id)
        return DeadLetter.objects.filter(pk=run.id).select_related("assignee").first()


def facts_of(transaction: Transaction, part: int | None = None, inline: int = 0) -> Facts:
    """The facts of a transaction that the caller may see.

    ``part`` is a part of its steps by number, from 0; None is the one with what failed, else the first.
    ``inline`` is a part of its inline steps.
    """
    shown = parts.part_of(transaction.id, part)
    runs = list(_runs_in(transaction.id, shown))
    complete = shown.total <= len(runs)
    ids = [run.id for run in runs]
    failed = _failed(transaction.id, runs, shown)
    version_id = transaction.flow_version_id
    version = FlowVersion.objects.select_related("flow").filter(pk=version_id).first() if version_id else None
    near = {*ids, *([failed.id] if failed else [])}
    letters = DeadLetter.objects.filter(transaction_id=transaction.id, step_run_id__in=near)
    steps, spans = _steps(version), parts.spans_of(transaction.id)
    return Facts(
        transaction=transaction,
        integration=Integration.objects.filter(pk=transaction.integration_id)
        .select_related("team", "source", "environment")
        .first(),
        source=Instance.objects.filter(pk=transaction.source_id).select_related("system").first(),
        flow_version=version,
        steps=steps,
        part=shown,
        runs=Runs(transaction.id, runs, complete=complete),
        failed=failed,
        attempts=parts.attempts_of(ids),
        places=_places(transaction.id, ids, complete=complete),
        letters={letter.step_run_id: letter for letter in letters.select_related("assignee")},
        spans=spans,
        drawn=parts.spans_of(transaction.id, inline * parts.SPANS) if inline else spans,
        _by_name={step.name: step for step in steps},
    )


def _runs_in(transaction_id: UUID, part: Part) -> QuerySet[StepRun]:
    """The runs of a part. Of many, the ids are sorted first: to sort all that a page shows of each is far dearer."""
    runs = _runs_of(transaction_id)
    if part.parts == 1:
        return runs
    inside = StepRun.objects.filter(transaction_id=transaction_id).order_by("ordinal", "id")
    ids = inside.values_list("id", flat=True)[part.first : part.first + parts.STEPS]
    return runs.filter(pk__in=list(ids))


def _runs_of(transaction_id: UUID) -> QuerySet[StepRun]:
    runs = StepRun.objects.filter(transaction_id=transaction_id)
    return runs.select_related("destination__instance__system").order_by("ordinal", "id")


def _failed(transaction_id: UUID, runs: Sequence[StepRun], part: Part) -> StepRun | None:
    if not part.by_state.get(StepState.DEAD):
        return None
    dead = [run for run in runs if run.state == StepState.DEAD]
    if len(dead) == part.by_state[StepState.DEAD]:
        return next((run for run in dead if run.required), dead[0])
    return _runs_of(transaction_id).filter(state=StepState.DEAD).order_by("-required", "ordinal").first()


def _places(transaction_id: UUID, run_ids: Sequence[UUID], *, complete: bool) -> dict[UUID, Place]:
    found = places([transaction_id], most=None if complete else PLACES).get(transaction_id, [])
    return {place.step_run_id: place for place in [*found, *([] if complete else places_of(run_ids))]}


def _steps(version: FlowVersion | None) -> tuple[Step, ...]:
    """The flow's steps; none where an old version cannot be read by today's rules: its runs are shown all the same."""
    if version is None:
        return ()
    try:
        return read_steps(version.steps)
    except Invalid:
        return ()
