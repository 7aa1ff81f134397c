"""What a shadow run found, as a person may see it: the run itself is catalogue, the values in it are payload."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from controlplane.foundation import clock
from controlplane.foundation.errors import NotFound
from controlplane.governance.models import ChangeRequest, Check
from controlplane.people.access import Access
from controlplane.transactions.pipeline.catalogue import Snapshot, read_snapshot
from controlplane.transactions.rules.edits import Change, changes
from controlplane.transactions.rules.shadowing import Difference, Request, What
from controlplane.transactions.selectors.bodies import Bodies
from controlplane.transactions.selectors.detail import TransactionDetail, detail
from controlplane.transactions.selectors.sentences import Seen
from controlplane.transactions.shadow import events
from controlplane.transactions.shadow.events import Tried
from controlplane.transactions.shadow.proposed import proposals
from controlplane.transactions.shadow.run import EVIDENCE, differences
from controlplane.transactions.shadow.sending import sendings


@dataclass(frozen=True, slots=True)
class Beside:
    """One request, old and new: what differs in it as this person may see it, and why there is none where so."""

    difference: Difference
    changes: Sequence[Change]
    reason: str
    old: Any
    new: Any


@dataclass(frozen=True, slots=True)
class Event:
    """One event by both configurations. ``why_hidden``: this person sees no payloads; ``why_gone``: nobody does.

    ``today`` is what goes out of it now, and by the proposed version not at all.
    """

    shown: TransactionDetail
    beside: Sequence[Beside]
    today: Sequence[Request] = ()
    why_hidden: str = ""
    why_gone: str = ""


def check_of(change: ChangeRequest) -> Check:
    """The shadow run of its newest revision; :class:`NotFound` for a change that is not tried so."""
    checks = Check.objects.filter(revision=change.current_id, name=EVIDENCE)
    found = checks.select_related("revision").first() if change.kind in proposals else None
    if found is None:
        raise NotFound(f"{change} is not tried on events: a change of its kind sends nothing, or sends it otherwise.")
    return found


def beside(access: Access, change: ChangeRequest, identifier: UUID) -> Event:
    """One event, tried again now: today's configuration may be another one than when the check ran."""
    check_of(change)
    shown = detail(access, identifier, clock.now())
    if shown.bodies.seen is Seen.NOTHING:
        return Event(shown, (), why_hidden=shown.bodies.why_hidden)
    tried = events.the(identifier)
    if tried is None:
        return Event(shown, (), why_gone="What came in is not kept any more, so it cannot be tried.")
    today = read_snapshot()
    proposed = proposals.get(change.kind)(today, change.subject, change.revision.content)
    found = differences(tried, today, proposed)
    stops = any(one.step is None and one.what in {What.FAILS, What.LOST} for one in found)
    lost = [_masked_request(one, shown.bodies) for one in _going_out(tried, today)] if stops else []
    return Event(shown, [_beside(one, shown.bodies) for one in found], lost)


def _going_out(tried: Tried, today: Snapshot) -> Iterator[Request]:
    for sending in sendings(tried.row, today, tried.answers):
        yield from (request for request in sending.requests if request.body is not None)


def _masked_request(request: Request, bodies: Bodies) -> Request:
    return replace(request, body=bodies.mask.document(request.body))


def _beside(one: Difference, bodies: Bodies) -> Beside:
    old, new = _body(one.old), _body(one.new)
    found = changes(old, new) if one.what is What.DIFFERS else []
    # Which places differ is told by what is there; what stands there, as far as it may be seen.
    masked = [Change(found.kind, found.path, *_masked(bodies, found)) for found in found]
    reason = bodies.text(one.reason)
    return Beside(one, masked, reason, bodies.mask.document(old), bodies.mask.document(new))


def _masked(bodies: Bodies, change: Change) -> tuple[Any, Any]:
    """A value at its place: a place that is personal is masked whatever stands there."""
    name = change.path.rpartition("/")[2]
    before, after = (bodies.mask.document({name: value}) for value in (change.before, change.after))
    return _only(before), _only(after)


def _only(document: Any) -> Any:
    return next(iter(document.values())) if isinstance(document, Mapping) and document else document


def _body(request: Request | None) -> Any:
    return request.body if request is not None else None
