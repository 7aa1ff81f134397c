"""Contracts: read by everybody who is signed in; checking a document against one changes nothing."""

from __future__ import annotations

import re
from typing import Any, ClassVar, Final

from controlplane.audit.models import Via
from controlplane.contracts import selectors
from controlplane.contracts.canary.end import halt
from controlplane.contracts.checking import check, differences
from controlplane.contracts.documents import read_document
from controlplane.contracts.models import Canary, Compatibility, Contract, ContractVersion, Format
from controlplane.contracts.rest import shapes
from controlplane.foundation.errors import NotFound
from controlplane.people.rest.operations import Call, operation
from controlplane.people.rest.views import ApiView

AREA: Final = "Contracts"
#: Of one page of a list.
PAGE: Final = 200
_HASH: Final = re.compile("[0-9a-f]{64}")


class Contracts(ApiView):
    """All contracts."""

    area: ClassVar[str] = AREA

    @operation(shapes.ContractPage, asks=shapes.WhichContracts)
    def get(self, call: Call) -> dict[str, Any]:
        """Every contract with whom a new version must not break, 200 a page."""
        asked = call.asked
        rows = selectors.contracts(
            team=asked.get("team", ""), format_=asked.get("format", ""), text=asked.get("q", "")
        ).filter(slug__gt=asked.get("cursor", ""))
        found = list(rows[: PAGE + 1])
        further = found[PAGE - 1].slug if len(found) > PAGE else None
        return {"contracts": [_contract(one) for one in found[:PAGE]], "next": further}


class OneContract(ApiView):
    """One contract."""

    area: ClassVar[str] = AREA

    @operation(shapes.ContractShape)
    def get(self, call: Call, contract: str) -> dict[str, Any]:  # noqa: ARG002 - the catalogue is open to everybody
        """Whose it is, what it is written in, and whom a new version must not break."""
        return _contract(selectors.contract_called(contract))


class ContractVersions(ApiView):
    """The versions of one contract."""

    area: ClassVar[str] = AREA

    @operation(shapes.ContractVersionPage, asks=shapes.WhichVersions)
    def get(self, call: Call, contract: str) -> dict[str, Any]:
        """Its versions, the newest first, 200 a page, without their documents."""
        rows = selectors.versions_of(selectors.contract_called(contract)).defer("schema", "examples")
        if "cursor" in call.asked:
            rows = rows.filter(number__lt=int(call.asked["cursor"]))
        found = list(rows[: PAGE + 1])
        further = str(found[PAGE - 1].number) if len(found) > PAGE else None
        return {"versions": [_version(one) for one in found[:PAGE]], "next": further}


class OneContractVersion(ApiView):
    """One version of one contract."""

    area: ClassVar[str] = AREA

    @operation(shapes.WholeContractVersion)
    def get(self, call: Call, contract: str, number: int) -> dict[str, Any]:  # noqa: ARG002 - open to everybody
        """Everything that a version says."""
        found = selectors.version_numbered(selectors.contract_called(contract), number)
        names = ("keys", "personal", "secret", "examples", "downgrade")
        return _version(found) | {"document": found.schema} | {name: getattr(found, name) for name in names}


class ContractsByHash(ApiView):
    """Versions by what they say."""

    area: ClassVar[str] = AREA

    @operation(shapes.ContractVersionList)
    def get(self, call: Call, content_hash: str) -> dict[str, Any]:  # noqa: ARG002 - open to everybody
        """Every version with this content hash."""
        is_hash = _HASH.fullmatch(content_hash) is not None
        found = list(selectors.versions_with_hash(content_hash).defer("schema", "examples")) if is_hash else []
        if not found:
            raise NotFound("No version has this content hash: 64 digits, as a version's content_hash says it.")
        return {"versions": [_version(one) for one in found]}


class ContractDifferences(ApiView):
    """What differs between two versions."""

    area: ClassVar[str] = AREA

    @operation(shapes.ContractReport)
    def get(self, call: Call, contract: str, number: int, other: int) -> dict[str, Any]:  # noqa: ARG002 - as above
        """What follows from version `number` becoming version `other`, the worst first."""
        found = selectors.contract_called(contract)
        old, new = (selectors.version_numbered(found, one) for one in (number, other))
        return differences(old, new).as_json()


class ContractChecks(ApiView):
    """Checks."""

    area: ClassVar[str] = AREA

    @operation(shapes.ContractReport, takes=shapes.NewCheck)
    def post(self, call: Call, contract: str) -> dict[str, Any]:
        """Say what would follow from a document becoming the next version; nothing is kept."""
        given, found = call.given, selectors.contract_called(contract)
        document = given["document"]
        if isinstance(document, str):
            document = read_document(document.encode("utf-8", "replace"), "document").value
        mode = Compatibility(given["mode"]) if "mode" in given else None
        return check(found, document, mode).as_json()


class CanaryHalts(ApiView):
    """Halts of canaries."""

    area: ClassVar[str] = AREA

    @operation(shapes.CanaryShape, takes=shapes.NewHalt, writes=True)
    def post(self, call: Call, contract: str) -> dict[str, Any]:
        """Stop the canary of a contract: from now on everything is judged by the version before it."""
        found = selectors.contract_called(contract)
        return _canary(halt(call.access, found, call.given["reason"], via=Via.API))


def _canary(one: Canary) -> dict[str, Any]:
    names = ("state", "share", "points", "key", "until", "ended_at", "seen", "why")
    return {name: getattr(one, name) for name in names} | {
        "instead_of": one.instead_of.number,
        "ended_badly": one.mine.bad,
        "others_seen": one.others.seen,
        "others_ended_badly": one.others.bad,
    }


def _contract(one: Contract) -> dict[str, Any]:
    names = ("slug", "name", "format", "compatibility", "newest")
    return {name: getattr(one, name) for name in names} | {
        "team": one.team.slug,
        "judged": Format(one.format).is_judged,
    }


def _version(one: ContractVersion) -> dict[str, Any]:
    names = ("number", "state", "content_hash", "enforcement", "created_at")
    return {name: getattr(one, name) for name in names} | {
        "contract": one.contract.slug,
        "author": one.author.name if one.author else None,
        "change": one.change.reference if one.change else None,
        "goes_on": sunset.on if (sunset := getattr(one, "sunset", None)) else None,
        "canary": _canary(canary) if (canary := getattr(one, "canary", None)) else None,
    }
