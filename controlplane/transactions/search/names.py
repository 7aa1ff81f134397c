"""Names of the catalogue in a query (systems, flows, teams …) to ids; an unknown one is a fault, not "no results".

The catalogue is open to every signed-in person, so a suggestion tells nobody anything new.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from difflib import get_close_matches
from typing import NamedTuple

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Min, OuterRef

from controlplane.contracts.models import Contract, ContractVersion
from controlplane.inventory.environments import EVERYWHERE
from controlplane.inventory.models import EntityKind, Environment, Instance, Integration
from controlplane.transactions.models import Destination, Drift, DriftState, FlowVersion, Normalisation
from controlplane.transactions.search.fields import key_fields
from controlplane.transactions.search.grammar import Fault
from controlplane.transactions.search.query import Word, render_value, word

#: How many names are offered when none is close.
SHOWN = 6


class UnknownName(Exception):
    """A word that names nothing; ``fault`` says so, with the closest that exists."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.message)
        self.fault = fault


def found(words: Iterable[Word], known: Mapping[str, frozenset[int]], what: str) -> frozenset[int]:
    """The ids of all words; :class:`UnknownName` for the first that is not ``known``."""
    ids: set[int] = set()
    for one in words:
        name = one.text.lower()
        if name not in known:
            raise unknown(one, known, what)
        ids |= known[name]
    return frozenset(ids)


def unknown(one: Word, known: Iterable[str], what: str) -> UnknownName:
    """What to say about a word that is not among ``known``."""
    names = list(known)
    close = get_close_matches(one.text.lower(), names, n=1, cutoff=0.4)
    if close:
        message = f"There is no {what} “{one.text}”; did you mean {close[0]}?"
        return UnknownName(Fault(one.span, message, render_value(word(close[0]))))
    some = ", ".join(sorted(names)[:SHOWN]) + (" and more" if len(names) > SHOWN else "")
    known_words = f"There are: {some}." if names else f"There is no {what} at all yet."
    return UnknownName(Fault(one.span, f"There is no {what} “{one.text}”. {known_words}"))


def keys() -> dict[str, str]:
    """The fields of business keys, with the kinds that they are."""
    return key_fields(EntityKind.objects.values_list("slug", flat=True))


def instances() -> dict[str, frozenset[int]]:
    """Instance ids by the slug of a system or an instance."""
    return _grouped(
        pair
        for pk, slug, system in Instance.objects.values_list("id", "slug", "system__slug")
        for pair in ((slug, pk), (system, pk))
    )


def destinations_at(instance_ids: Iterable[int]) -> list[int]:
    """Ids of the destinations that write to these instances."""
    return list(Destination.objects.filter(instance_id__in=list(instance_ids)).values_list("id", flat=True))


def integrations() -> dict[str, frozenset[int]]:
    """Integration ids by slug."""
    return _grouped((slug, pk) for pk, slug in Integration.objects.values_list("id", "slug"))


def owners() -> dict[str, frozenset[int]]:
    """Integration ids by the slug of the owning team."""
    return _grouped((slug, pk) for pk, slug in Integration.objects.values_list("id", "team__slug"))


def processes() -> dict[str, frozenset[int]]:
    """Integration ids by business process."""
    rows = Integration.objects.exclude(process=None).values_list("id", "process__slug")
    return _grouped((slug, pk) for pk, slug in rows)


def environments() -> dict[str, frozenset[int]]:
    """Integration ids by the slug of their environment, and by "all"; one without any is known all the same."""
    inside = ArraySubquery(Integration.objects.filter(environment_id=OuterRef("pk")).values("pk"))
    known = {slug: frozenset(ids) for slug, ids in Environment.objects.values_list("slug", inside)}
    return known | {EVERYWHERE: frozenset[int]().union(*known.values())}


def flows() -> dict[str, frozenset[int]]:
    """Flow version ids by the flow's slug."""
    return _grouped((slug, pk) for pk, slug in FlowVersion.objects.values_list("id", "flow__slug"))


def steps() -> dict[str, frozenset[str]]:
    """Step names by name and by title, of every flow version."""
    known: dict[str, set[str]] = defaultdict(set)
    for document in FlowVersion.objects.values_list("steps", flat=True):
        for step in document:
            for spoken in (str(step.get("name", "")), str(step.get("title", ""))):
                known[spoken.lower()].add(str(step.get("name", "")))
    known.pop("", None)
    return {spoken: frozenset(names) for spoken, names in known.items()}


def contracts() -> dict[str, frozenset[int]]:
    """Contract ids by slug."""
    return _grouped((slug, pk) for pk, slug in Contract.objects.values_list("id", "slug"))


class Judged(NamedTuple):
    """Flow versions that are pinned to a contract; and the types, ours, of what it judges, each by its source."""

    flow_versions: list[int]
    sources: list[int]
    event_types: list[str]


def judged_by(contract_ids: Iterable[int]) -> Judged:
    """What these contracts judge, by whichever of their versions."""
    wanted = list(contract_ids)
    pinned = FlowVersion.objects.filter(source_contract__contract_id__in=wanted) | FlowVersion.objects.filter(
        target_contract__contract_id__in=wanted
    )
    checked = Normalisation.objects.filter(contract_version__contract_id__in=wanted)
    doors = sorted(set(checked.values_list("interface__instance_id", "canonical_type")))
    return Judged(
        list(pinned.values_list("id", flat=True)), [source for source, _ in doors], [ours for _, ours in doors]
    )


def with_personal_fields() -> frozenset[int]:
    """Ids of the contracts that name personal fields."""
    return frozenset(ContractVersion.objects.exclude(personal=[]).values_list("contract_id", flat=True))


class Drifting(NamedTuple):
    """What comes of one source as one type, ours, since its payloads began to differ."""

    source: int
    event_type: str
    since: datetime


def drifting() -> list[Drifting]:
    """What is open of it. The vendor's type is ours where nothing is said of it; ``*`` says it of all others."""
    rows = Drift.objects.filter(state=DriftState.OPEN)
    found = rows.values_list("interface_id", "interface__instance_id", "event_type").annotate(Min("since"))
    said = Normalisation.objects.filter(interface_id__in={interface for interface, *_ in found})
    ours = {(one.interface_id, one.event_type): one.canonical_type for one in said}
    return [
        Drifting(source, ours.get((interface, vendors)) or ours.get((interface, "*"), vendors), since)
        for interface, source, vendors, since in found
    ]


def _grouped(pairs: Iterable[tuple[str, int]]) -> dict[str, frozenset[int]]:
    known: dict[str, set[int]] = defaultdict(set)
    for name, pk in pairs:
        known[name].add(pk)
    return {name: frozenset(ids) for name, ids in known.items()}
