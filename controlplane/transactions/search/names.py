"""Names of the catalogue in a query (systems, flows, teams …) to ids; an unknown one is a fault, not "no results".

The catalogue is open to every signed-in person, so a suggestion tells nobody anything new.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from difflib import get_close_matches

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef

from controlplane.contracts.models import Contract
from controlplane.inventory.environments import EVERYWHERE
from controlplane.inventory.models import Environment, Instance, Integration
from controlplane.transactions.models import Destination, FlowVersion, Normalisation
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


def judged_by(contract_ids: Iterable[int]) -> tuple[list[int], list[int]]:
    """Flow versions pinned to these contracts, and integrations whose source is checked against them."""
    wanted = list(contract_ids)
    pinned = FlowVersion.objects.filter(source_contract__contract_id__in=wanted) | FlowVersion.objects.filter(
        target_contract__contract_id__in=wanted
    )
    checked = Normalisation.objects.filter(contract_version__contract_id__in=wanted)
    at_source = Integration.objects.filter(source_id__in=checked.values("interface_id"))
    return list(pinned.values_list("id", flat=True)), list(at_source.values_list("id", flat=True))


def _grouped(pairs: Iterable[tuple[str, int]]) -> dict[str, frozenset[int]]:
    known: dict[str, set[int]] = defaultdict(set)
    for name, pk in pairs:
        known[name].add(pk)
    return {name: frozenset(ids) for name, ids in known.items()}
