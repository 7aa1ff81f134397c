"""What consumers were asked and what they said, as pages and programs read it. Part of the catalogue."""

from __future__ import annotations

from django.db.models import F, Prefetch, QuerySet

from controlplane.contracts.consumers.asking import asking_about
from controlplane.contracts.models import Answer, Confirmation, Contract
from controlplane.foundation.errors import NotFound
from controlplane.governance.models import ChangeRequest, Revision


def confirmations_of(contract: Contract) -> QuerySet[Confirmation]:
    """Of every open change about a contract, and of announced sunsets of its versions, by change and name."""
    rows = _read().filter(change__in=asking_about(contract), revision=F("change__current"))
    return rows.order_by("change_id", "name", "pk")


def confirmations_about(revision: Revision) -> QuerySet[Confirmation]:
    """Of one revision of a change, by name."""
    return _read().filter(revision=revision).order_by("name", "pk")


def confirmation_of(contract: Contract, key: int) -> Confirmation:
    """One of a contract, open or not; :class:`NotFound`."""
    found = confirmation(key)
    if contract_slug_of(found.change) != contract.slug:
        raise NotFound(f"{contract.name} has no such confirmation.")
    return found


def confirmation(key: int) -> Confirmation:
    """One of any contract; :class:`NotFound`."""
    found = _read().filter(pk=key).first()
    if found is None:
        raise NotFound("There is no such confirmation.")
    return found


def contract_slug_of(change: ChangeRequest) -> str:
    """The contract that a change is about: its own, or a version of it."""
    return change.subject_id.partition("/")[0]


def _read() -> QuerySet[Confirmation]:
    said = Prefetch("answers", Answer.objects.select_related("person").order_by("pk"))
    related = ("change__board", "change__current", "revision", "team", "integration", "dependency")
    return Confirmation.objects.select_related(*related).prefetch_related(said)
