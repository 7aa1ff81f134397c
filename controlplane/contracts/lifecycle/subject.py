"""What changes of these kinds are about."""

from __future__ import annotations

from typing import Final

from controlplane.audit.models import Subject
from controlplane.contracts.models import Contract, ContractVersion
from controlplane.foundation.errors import NotFound

#: The kind's name, and that of its subject: a contract by its slug.
NAME: Final = "contract"
#: That a version goes, and its subject: a version, such as ``order/2``.
SUNSET: Final = "contract-sunset"
#: Digits of a version's number, as large as numbers are kept.
LONGEST_NUMBER: Final = 10


def contract_of(subject: Subject) -> Contract:
    """The contract; :class:`NotFound` for one that is not there."""
    found = Contract.objects.select_related("team").filter(slug=subject.id).first() if subject.kind == NAME else None
    if found is None:
        raise NotFound(f"There is no contract {subject.id[:60]!r}.")
    return found


def version_of(subject: Subject) -> ContractVersion:
    """The version; :class:`NotFound` for one that is not there."""
    slug, _, number = subject.id.partition("/")
    rows = ContractVersion.objects.select_related("contract__team")
    is_number = number.isdecimal() and len(number) < LONGEST_NUMBER
    found = rows.filter(contract__slug=slug, number=number).first() if is_number else None
    if found is None:
        raise NotFound(f"There is no version {subject.id[:80]!r}; a version is named like order/2.")
    return found
