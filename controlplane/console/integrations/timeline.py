"""What changed about an integration, newest first: fields of its record, versions, contracts, credentials, runs, acts.

Each kind of event is asked for by itself, a page of each, and laid together; an event's place is when it was, of which
kind it is and its number, so a page ends between two events and never within one moment.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db.models import Q, QuerySet

from controlplane.audit.models import AuditRecord
from controlplane.contracts.models import ContractVersion, VersionState
from controlplane.credentials.models import Credential
from controlplane.foundation.errors import BadInput
from controlplane.inventory.models import FieldChange, Integration
from controlplane.sync.models import SyncJob, SyncRun
from controlplane.transactions.models import Destination, Endpoint, FlowVersion, MappingVersion, Normalisation

#: How many stand on the integration's page, and on one page of the timeline.
MOST: Final = 8
PAGE: Final = 50
LONGEST: Final = 80


@dataclass(frozen=True, slots=True)
class Place:
    """Where an event stands: when, the rank of its kind, its number."""

    at: datetime
    rank: int
    pk: int

    @property
    def cursor(self) -> str:
        """As it stands in an address."""
        return f"{self.at.isoformat()}|{self.rank}|{self.pk}"


@dataclass(frozen=True, slots=True)
class Event:
    """One entry of the feed: ``kind`` is a status shape."""

    place: Place
    kind: str
    what: str
    detail: str

    @property
    def at(self) -> datetime:
        """When."""
        return self.place.at


@dataclass(frozen=True, slots=True)
class About:
    """An integration with what it touches, by their numbers and names."""

    integration: Integration
    destinations: Mapping[int, str]
    jobs: Mapping[int, str]
    endpoints: Mapping[int, str]
    credentials: Mapping[int, str]


def about(integration: Integration, destinations: Iterable[Destination]) -> About:
    """What events can be of; ``destinations`` are those that its flows go to."""
    to = list(destinations)
    jobs = SyncJob.objects.catalogue().filter(integration=integration).values_list("pk", "name", "credential_id")
    keys = [one.credential_id for one in to] + [credential for _, _, credential in jobs]
    return About(
        integration,
        {one.pk: one.name for one in to},
        {pk: name for pk, name, _ in jobs},
        dict(Endpoint.objects.filter(integration=integration).values_list("pk", "name")),
        dict(Credential.objects.filter(pk__in=[key for key in keys if key is not None]).values_list("pk", "name")),
    )


def events(of: About, *, may_see: bool, kind: str = "", before: str = "", most: int = MOST) -> list[Event]:
    """The newest events, of one kind or of all, before a place; one more than ``most`` where there are more.

    Fields, versions and contracts are in the catalogue; runs, credentials and acts are for those who may see what went
    through (invariant 10).
    """
    place = _place(before)
    found: list[Event] = []
    for rank, name in enumerate(KINDS):
        if kind in {"", name} and (may_see or name in OPEN):
            found += _ASK[name](of, rank, place, most + 1)
    return sorted(found, key=lambda one: (one.place.at, one.place.rank, one.place.pk), reverse=True)[: most + 1]


def _record(of: About, rank: int, place: Place | None, most: int) -> Iterator[Event]:
    mine = _fields_of("integration", [of.integration.pk])
    doors = _fields_of("endpoint", of.endpoints) | _fields_of("destination", of.destinations)
    jobs = _fields_of("sync_job", of.jobs)
    names = {("endpoint", key): name for key, name in of.endpoints.items()}
    names |= {("destination", key): name for key, name in of.destinations.items()}
    names |= {("sync_job", key): name for key, name in of.jobs.items()}
    for one in _newest(FieldChange.objects.filter(mine | doors | jobs), "at", rank, place, most):
        yield _field(one, rank, names.get((one.kind, one.object_id), ""))


def _credentials(of: About, rank: int, place: Place | None, most: int) -> Iterator[Event]:
    changes = FieldChange.objects.filter(_fields_of("credential", of.credentials))
    for one in _newest(changes, "at", rank, place, most):
        yield _field(one, rank, of.credentials[one.object_id])


def _versions(of: About, rank: int, place: Place | None, most: int) -> Iterator[Event]:
    versions = FlowVersion.objects.filter(flow__integration=of.integration).exclude(state=VersionState.DRAFT)
    for one in _newest(versions.select_related("flow", "author"), "created_at", rank, place, most):
        yield _version(one, one.flow.name, rank)


def _mappings(of: About, rank: int, place: Place | None, most: int) -> Iterator[Event]:
    versions = MappingVersion.objects.filter(mapping__integration=of.integration)
    for one in _newest(versions.select_related("mapping", "author"), "created_at", rank, place, most):
        yield _version(one, f"Mapping {one.mapping.name}", rank)


def _contracts(of: About, rank: int, place: Place | None, most: int) -> Iterator[Event]:
    """Versions of the contracts that what comes in at its doors must keep to."""
    doors = Endpoint.objects.filter(integration=of.integration).values("interface")
    spoken = Normalisation.objects.filter(Q(interface__in=doors) | Q(interface=of.integration.source_id))
    versions = ContractVersion.objects.filter(contract__in=spoken.values("contract_version__contract"))
    published = versions.exclude(state=VersionState.DRAFT).select_related("contract", "author")
    for one in _newest(published, "created_at", rank, place, most):
        yield _version(one, f"Contract {one.contract.name}", rank)


def _runs(of: About, rank: int, place: Place | None, most: int) -> Iterator[Event]:
    runs = SyncRun.objects.filter(job__in=list(of.jobs), finished_at__isnull=False)
    for one in _newest(runs, "finished_at", rank, place, most):
        detail = f"{one.read:,} read, {one.changed:,} changed" + (f"; {one.note}" if one.note else "")
        shape = "ok" if one.state == "done" else "warn"
        what = f"{of.jobs[one.job_id]}: run {one.pk} {one.get_state_display().lower()}"
        yield Event(Place(one.finished_at, rank, one.pk), shape, what, detail)


def _acts(of: About, rank: int, place: Place | None, most: int) -> Iterator[Event]:
    names = {("destination", str(key)): name for key, name in of.destinations.items()}
    names |= {("sync_job", str(key)): name for key, name in of.jobs.items()}
    subjects = Q(pk=None)
    for kind, keys in (("destination", of.destinations), ("sync_job", of.jobs)):
        subjects |= Q(subject_kind=kind, subject_id__in=[str(key) for key in keys])
    changed = Q(action__endswith=".changed") | Q(action__endswith=".made")
    for one in _newest(AuditRecord.objects.filter(subjects).exclude(changed), "at", rank, place, most):
        verb = one.action.partition(".")[2].replace("_", " ")
        what = f"{names[one.subject_kind, one.subject_id]}: {verb}"
        yield Event(Place(one.at, rank, one.pk), "run", what, " ".join(filter(None, [one.actor_label, one.reason])))


Ask = Callable[[About, int, Place | None, int], Iterator[Event]]
_ASK: Final[Mapping[str, Ask]] = {
    "record": _record,
    "flows": _versions,
    "mappings": _mappings,
    "contracts": _contracts,
    "credentials": _credentials,
    "runs": _runs,
    "acts": _acts,
}
#: What can be asked for by itself, as it is called on the page.
KINDS: Final[Mapping[str, str]] = {
    "record": "Record",
    "flows": "Flows",
    "mappings": "Mappings",
    "contracts": "Contracts",
    "credentials": "Credentials",
    "runs": "Runs",
    "acts": "Acts",
}
OPEN: Final = frozenset({"record", "flows", "mappings", "contracts"})


def field_events(kind: str, keys: Iterable[int], *, before: str = "", most: int = MOST) -> list[Event]:
    """The same for a thing that has nothing but its fields: a system, a process."""
    changes = FieldChange.objects.filter(_fields_of(kind, keys))
    return [_field(one, 0, "") for one in _newest(changes, "at", 0, _place(before), most + 1)]


def _fields_of(kind: str, keys: Iterable[int]) -> Q:
    return Q(kind=kind, object_id__in=list(keys))


def _newest(rows: QuerySet[Any], at: str, rank: int, place: Place | None, most: int) -> Sequence[Any]:
    if place is not None:
        earlier = Q(**{f"{at}__lt": place.at})
        if rank < place.rank:
            earlier |= Q(**{at: place.at})
        elif rank == place.rank:
            earlier |= Q(**{at: place.at, "pk__lt": place.pk})
        rows = rows.filter(earlier)
    return list(rows.order_by(f"-{at}", "-pk")[:most])


def _field(one: FieldChange, rank: int, of: str) -> Event:
    name = one.field.replace("_", " ")
    prefix = f"{of}: " if of else ""
    if one.field:
        what = f"{prefix}{name}: {short(one.before)} → {short(one.after)}"
    else:
        what = f"{prefix}{'taken away' if one.after is None else 'made'}"
    what = f"{what[:1].upper()}{what[1:]}"
    detail = ": ".join(filter(None, [one.by_label, one.reason]))
    return Event(Place(one.at, rank, one.pk), "ok", what, detail)


def _version(one: Any, name: str, rank: int) -> Event:
    by = f"published by {one.author.name}" if one.author else "published"
    return Event(Place(one.created_at, rank, one.pk), "ok", f"{name}, version {one.number}", by)


def short(value: Any) -> str:
    """A value in a line."""
    if value in (None, "", [], {}):
        return "nothing"
    if (isinstance(value, list) and all(isinstance(one, str) for one in value)) or isinstance(value, dict):
        text = ", ".join(value)
    else:
        text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


def _place(before: str) -> Place | None:
    if not before:
        return None
    try:
        at, rank, pk = before.split("|")
        place = Place(datetime.fromisoformat(at), int(rank), int(pk))
    except ValueError:
        raise BadInput("before= is no place of a timeline.", field="before") from None
    if place.at.tzinfo is None or not 0 <= place.pk < 2**63:
        raise BadInput("before= is no place of a timeline.", field="before")
    return place
