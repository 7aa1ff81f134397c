"""Who decides about what flows write: stewards by what people call them, and the flow versions that write for them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from functools import lru_cache
from uuid import UUID

from controlplane.foundation.errors import Invalid
from controlplane.inventory.models import EntityAttribute, OwnershipStamp
from controlplane.inventory.ownership.matrix import rows_of
from controlplane.inventory.ownership.terms import emails_of
from controlplane.people.models import Person
from controlplane.transactions.models import FlowVersion, Route
from controlplane.transactions.pipeline.guarding import whole_model
from controlplane.transactions.rules.flow import read_steps
from controlplane.transactions.rules.ownership import entity_of_types, writes_of

ME = "me"
#: ``customer.tax_id``, and the flow versions with a step that writes it.
Written = Mapping[str, frozenset[int]]
#: A flow, and a canonical type that starts it.
Start = tuple[int, str]


def stewards(asker: UUID | None = None) -> dict[str, frozenset[int]]:
    """Ids of flow versions that write what somebody decides about, by their address, what is before its @, and name.

    ``me`` is the asker, who may decide about nothing.
    """
    theirs = _by_steward()
    addresses = emails_of(one.pk for one in theirs)
    found: dict[str, set[int]] = defaultdict(set)
    for one, versions in theirs.items():
        address = addresses.get(one.pk, "")
        for called in {one.name, address, address.partition("@")[0]} - {""}:
            found[called.lower()] |= versions
    if asker is not None:
        found[ME] = {version for one, versions in theirs.items() if one.pk == asker for version in versions}
    return {called: frozenset(versions) for called, versions in found.items()}


def _by_steward() -> dict[Person, frozenset[int]]:
    """Each steward of anything, with the flow versions that write it: none, where nothing does."""
    written = _written_now()
    found: dict[Person, frozenset[int]] = {}
    owned = EntityAttribute.objects.filter(active=True).exclude(entity__ownerships=None)
    for row in rows_of(list(owned.select_related("entity").distinct()), ()):
        if row.steward is not None:
            found[row.steward] = found.get(row.steward, frozenset()) | written.get(row.place, frozenset())
    return found


def _written_now() -> Written:
    stamp = OwnershipStamp.objects.values_list("stamp", flat=True).first()
    newest = FlowVersion.objects.order_by("-pk").values_list("pk", flat=True).first()
    starts = frozenset(Route.objects.filter(active=True).values_list("flow_id", "event_type"))
    return _written(stamp, newest, starts)


@lru_cache(maxsize=2)
def _written(_stamp: UUID | None, _newest: int | None, starts: frozenset[Start]) -> Written:
    """Which versions write each attribute: read once a change of the data model, of the flows or of their routes."""
    model, types = whole_model(), defaultdict(set)
    for flow, event_type in starts:
        types[flow].add(event_type)
    found: dict[str, set[int]] = defaultdict(set)
    for version in FlowVersion.objects.all():
        try:
            steps = read_steps(version.steps)
        except Invalid:
            continue  # nothing runs through a version that cannot be read
        own = entity_of_types(types[version.flow_id], model)
        for step in steps:
            for write in writes_of(step, own, model, {}):
                found[write.attribute].add(version.pk)
    return {attribute: frozenset(versions) for attribute, versions in found.items()}
