"""What came to an environment by promotion changes there by promotion alone, once a board decides on that."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django.db.models import Q
from django.urls import reverse

from controlplane.foundation.errors import Conflict
from controlplane.foundation.registries import subjects
from controlplane.governance.kinds import Decides, Governs
from controlplane.governance.models import Board, ChangeRequest, ChangeState
from controlplane.governance.selectors import board_for
from controlplane.inventory.models import Integration
from controlplane.transactions.models import Flow, Normalisation
from controlplane.transactions.models import Mapping as FieldMapping

_IN_FORCE: Final = (ChangeState.APPLIED, ChangeState.ROLLED_BACK)


def governed(kind: str) -> Governs | None:
    """Who decides on entries that belong to an integration that was promoted to its environment."""
    board = _board(kind)
    twins = _promoted_to(kind) if board is not None else {}
    if board is None or not twins:
        return None
    whose = _Whose(twins)

    def decides(where: str, said: Mapping[str, Any]) -> Decides | None:
        one = whose.integration(where, said)
        return Decides(board.name, _page(twins[one])) if one is not None else None

    return decides


def _page(source: Integration) -> str:
    return reverse("console:promote", args=[source.slug])


def _board(kind: str) -> Board | None:
    try:
        return board_for(kind, subjects.get(kind))
    except Conflict:
        return None


def _promoted_to(kind: str) -> dict[int, Integration]:
    """Integrations that a promotion was applied to, each with the one that it came from."""
    applied = ChangeRequest.objects.filter(subject_kind=kind, state__in=_IN_FORCE).values_list("subject_id", flat=True)
    pairs = [(int(one), int(there)) for one, _, there in (subject.partition("-") for subject in set(applied))]
    sources = Integration.objects.in_bulk([one for one, _ in pairs])
    wanted = {(sources[one].family, there): sources[one] for one, there in pairs if one in sources}
    twins = Integration.objects.filter(family__in={family for family, _ in wanted} - {""})
    return {
        twin.pk: wanted[twin.family, twin.environment_id]
        for twin in twins
        if (twin.family, twin.environment_id) in wanted
    }


class _Whose:
    """Whose an entry is: by what stands there now, because a document may name another integration."""

    def __init__(self, twins: Mapping[int, Integration]) -> None:
        mine = Q(integration__in=twins)
        self._flows: dict[str, int] = dict(Flow.objects.filter(mine).values_list("slug", "integration"))
        self._mappings: dict[str, int] = dict(FieldMapping.objects.filter(mine).values_list("slug", "integration"))
        named = Integration.objects.filter(pk__in=twins).select_related("source")
        self._named = {one.slug: one.pk for one in named}
        self._doors = {one.source.slug: one.pk for one in named if one.source is not None}
        events = Normalisation.objects.filter(mapping_version__mapping__integration__in=twins)
        columns = ("interface__slug", "event_type", "mapping_version__mapping__integration")
        self._events: dict[tuple[str, str], int] = {
            (door, event): one for door, event, one in events.values_list(*columns)
        }

    def integration(self, where: str, said: Mapping[str, Any]) -> int | None:
        """The promoted integration that this entry belongs to; None for another's, and for what is not promoted."""
        section, _, slug = where.partition(".")
        if section == "normalisations":
            return self._of_event(said)
        there = {"flows": self._flows, "mappings": self._mappings}.get(section)
        return None if there is None else there.get(slug) or self._named.get(str(said.get("integration")))

    def _of_event(self, said: Mapping[str, Any]) -> int | None:
        door = str(said.get("interface"))
        if (there := self._events.get((door, str(said.get("event_type"))))) is not None:
            return there
        return self._mappings.get(str(said["mapping"])) if said.get("mapping") else self._doors.get(door)
