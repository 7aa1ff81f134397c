"""Contracts and their versions, as pages, programs and commands read them. The catalogue is open to everybody."""

from __future__ import annotations

from typing import Final

from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from controlplane.contracts.comparison import Version
from controlplane.contracts.models import Contract, ContractVersion, VersionState
from controlplane.foundation.errors import NotFound

#: ``ContractVersion.published_at``, for statements.
PUBLISHED_AT: Final = Coalesce("change__applied_at", "created_at")


def contracts(*, team: str = "", format_: str = "", text: str = "") -> QuerySet[Contract]:
    """Contracts by their names, each with ``newest``: the number of its newest published version, or None."""
    published = ContractVersion.objects.filter(contract=OuterRef("pk"), state=VersionState.PUBLISHED)
    newest = published.order_by("-number").values("number")[:1]
    found = Contract.objects.select_related("team").annotate(newest=Subquery(newest))
    if team:
        found = found.filter(team__slug=team)
    if format_:
        found = found.filter(format=format_)
    if text:
        found = found.filter(Q(name__icontains=text) | Q(slug__icontains=text))
    return found.order_by("slug")


def contract_called(slug: str) -> Contract:
    """One contract, with ``newest``; :class:`NotFound`."""
    found = contracts().filter(slug=slug).first()
    if found is None:
        raise NotFound(f"There is no contract {slug[:50]!r}.")
    return found


def versions_of(contract: Contract) -> QuerySet[ContractVersion]:
    """All its versions, the newest first, with who wrote each and by which decision it came."""
    return contract.versions.select_related(
        "contract__team", "author", "change", "sunset", "canary__instead_of"
    ).order_by("-number")


def version_numbered(contract: Contract, number: int) -> ContractVersion:
    """One of its versions; :class:`NotFound`."""
    found = versions_of(contract).filter(number=number).first()
    if found is None:
        raise NotFound(f"{contract.name} has no version {number}.")
    return found


def newest_of(contract: Contract) -> ContractVersion | None:
    """Its newest published version; of one that has published nothing the newest draft; None without any."""
    return newest_published(contract) or versions_of(contract).first()


def newest_published(contract: Contract) -> ContractVersion | None:
    """The version that holds now; None before the first."""
    return versions_of(contract).filter(state=VersionState.PUBLISHED).first()


def versions_with_hash(content_hash: str) -> QuerySet[ContractVersion]:
    """Every version with this content, the newest first: a hash says what is written, not whose it is."""
    found = ContractVersion.objects.filter(content_hash=content_hash)
    return found.select_related("contract__team", "author", "change", "sunset", "canary__instead_of").order_by("-pk")


def published(contract: Contract, *, most: int | None = None) -> list[Version]:
    """What a new version is compared with: the published ones, the newest first."""
    found = contract.versions.filter(state=VersionState.PUBLISHED).order_by("-number")
    return [Version(document, number) for number, document in found.values_list("number", "schema")[:most]]
