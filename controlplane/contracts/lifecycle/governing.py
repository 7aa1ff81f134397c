"""Documents do not publish what others rely on where a board decides about it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from controlplane.contracts.lifecycle.content import content_of
from controlplane.contracts.lifecycle.subject import NAME
from controlplane.contracts.models import ContractVersion, Enforcement, VersionState
from controlplane.foundation.pages import page_url
from controlplane.governance import selectors
from controlplane.governance.kinds import Decides, Governs

SECTION: Final = "contracts"


def governs() -> Governs | None:
    """Another version of a contract that has one published; a new contract is nobody's yet."""
    board = selectors.deciding_board(NAME)
    if board is None:
        return None
    rows = ContractVersion.objects.filter(state=VersionState.PUBLISHED).select_related("contract")
    newest = {one.contract.slug: one for one in rows.order_by("contract_id", "-number").distinct("contract_id")}

    def decider(where: str, said: Mapping[str, Any]) -> Decides | None:
        section, _, slug = where.partition(".")
        standing = newest.get(slug) if section == SECTION else None
        if standing is None or _content(said) == content_of(standing):
            return None
        propose = page_url("console:contract-propose", slug) or f"POST /api/v1/changes of the kind {NAME}"
        return Decides(board.name, propose, field="schema")

    return decider


def _content(said: Mapping[str, Any]) -> dict[str, Any]:
    """What an entry says of a version; documents write keys short."""
    keys = [{"kind": kind, "value": value} for kind, value in (said.get("keys") or {}).items()]
    lists = {name: said.get(name) or [] for name in ("links", "personal", "secret", "examples")}
    downgrade = [{"target": target, "expression": line} for target, line in (said.get("downgrade") or {}).items()]
    lists |= {"downgrade": downgrade}
    enforcement = said.get("enforcement") or Enforcement.QUARANTINE.value
    return {"schema": said.get("schema") or {}, "keys": keys, "enforcement": enforcement, **lists}
