"""Whether a document could become the next version of a contract. Looks, and changes nothing."""

from __future__ import annotations

from typing import Any

from controlplane.contracts.comparison import Report, Version, compare
from controlplane.contracts.documents import check_document, format_of
from controlplane.contracts.models import Compatibility, Contract, ContractVersion, Format
from controlplane.contracts.selectors import published


def check(contract: Contract, document: Any, mode: Compatibility | None = None) -> Report:
    """Against the published versions, by the contract's own promise or by ``mode``.

    :class:`Invalid` for a document that is not of the contract's format, or that nobody could judge.
    """
    format_ = Format(contract.format)
    check_document(format_, document)
    promised = mode or Compatibility(contract.compatibility)
    # A promise that is not transitive takes one version; reading a thousand for it would be for nothing.
    before = published(contract, most=None if promised.is_transitive else 1)
    return compare(format_, promised, before, document)


def check_files(old: Any, new: Any, mode: Compatibility) -> Report:
    """A document against another that stands in no registry. :class:`Invalid` as above."""
    format_ = format_of(old)
    check_document(format_, old)
    check_document(format_, new)
    return compare(format_, mode, [Version(old)], new)


def differences(old: ContractVersion, new: ContractVersion) -> Report:
    """What follows from one version of a contract becoming another, whichever was first, by the contract's promise."""
    contract = new.contract
    promised = Compatibility(contract.compatibility)
    return compare(Format(contract.format), promised, [Version(old.schema, old.number)], new.schema)
