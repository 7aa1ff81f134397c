"""What came to an environment by promotion changes there by promotion alone, once a board decides on that."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, Final

from django.urls import reverse

from controlplane.console.promotion.subject import NAME, way_of
from controlplane.governance.kinds import Decides, Governs
from controlplane.governance.models import ChangeRequest, ChangeState
from controlplane.governance.selectors import deciding_board
from controlplane.inventory.models import Integration
from controlplane.transactions.models import Flow, Normalisation
from controlplane.transactions.models import Mapping as FieldMapping

_IN_FORCE: Final = (ChangeState.APPLIED, ChangeState.ROLLED_BACK)


def governs() -> Governs | None:
    """Who decides on entries that belong to an integration that was promoted to its environment."""
    board = deciding_board(NAME)
    promoted = _promoted() if board is not None else {}
    if board is None or not promoted:
        return None
    whose = _Whose(promoted)

    def decides(where: str, said: Mapping[str, Any]) -> Decides | None:
        one = whose.integration(where, said)
        return Decides(board.name, reverse("console:promote", args=[promoted[one].slug])) if one is not None else None

    return decides


def _promoted() -> dict[Integration, Integration]:
    """Integrations that a promotion was applied to, each with the one that it came from."""
    applied = ChangeRequest.objects.filter(subject_kind=NAME, state__in=_IN_FORCE).values_list("subject_id", flat=True)
    ways = {way for way in map(way_of, applied) if way is not None}
    sources = Integration.objects.in_bulk({way.integration for way in ways})
    wanted = {(sources[one].family, there): sources[one] for one, there in ways if one in sources}
    twins = Integration.objects.filter(family__in={family for family, _ in wanted} - {""}).select_related("source")
    placed = {(twin.family, twin.environment_id): twin for twin in twins}
    return {placed[place]: source for place, source in wanted.items() if place in placed}


class _Whose:
    """Whose an entry is: by what stands there now, because a document may name another integration."""

    def __init__(self, promoted: Collection[Integration]) -> None:
        by_key = {one.pk: one for one in promoted}
        self._flows = _by_slug(Flow, by_key)
        self._mappings = _by_slug(FieldMapping, by_key)
        self._named = {one.slug: one for one in promoted}
        self._doors = {one.source.slug: one for one in promoted if one.source is not None}
        events = Normalisation.objects.filter(mapping_version__mapping__integration__in=by_key)
        columns = ("interface__slug", "event_type", "mapping_version__mapping__integration")
        self._events = {(door, event): by_key[one] for door, event, one in events.values_list(*columns)}

    def integration(self, where: str, said: Mapping[str, Any]) -> Integration | None:
        """The promoted integration that this entry belongs to; None for another's, and for what is not promoted."""
        section, _, slug = where.partition(".")
        if section == "normalisations":
            return self._of_event(said)
        there = {"flows": self._flows, "mappings": self._mappings}.get(section)
        return None if there is None else there.get(slug) or self._named.get(str(said.get("integration")))

    def _of_event(self, said: Mapping[str, Any]) -> Integration | None:
        door = str(said.get("interface"))
        if (there := self._events.get((door, str(said.get("event_type"))))) is not None:
            return there
        return self._mappings.get(str(said["mapping"])) if said.get("mapping") else self._doors.get(door)


def _by_slug(model: type[Flow | FieldMapping], by_key: Mapping[int, Integration]) -> dict[str, Integration]:
    rows = model._default_manager.filter(integration__in=by_key).values_list("slug", "integration")
    return {slug: by_key[one] for slug, one in rows}
