"""What policies know of contracts: read for all at once, as plain values."""

from __future__ import annotations

from collections.abc import Iterable

from controlplane.contracts.models import Contract, ContractVersion, VersionState
from controlplane.governance.facts import About, Fact, Only
from controlplane.inventory.facts import only


def _contracts(slugs: Only) -> Iterable[Fact]:
    contracts = list(only(Contract.objects.select_related("team"), slugs))
    versions = ContractVersion.objects.filter(contract__in=contracts, state=VersionState.PUBLISHED)
    newest = {one.contract_id: one for one in versions.order_by("contract_id", "-number").distinct("contract_id")}
    for one in contracts:
        version = newest.get(one.pk)
        values = {"slug": one.slug, "name": one.name, "team": one.team.slug, "version": 0}
        if version is not None:
            values |= _said(version)
        yield Fact(one.slug, one.name, values, one.team_id, one.team.slug)


def _said(version: ContractVersion) -> dict[str, object]:
    kind = version.schema.get("type", "") if isinstance(version.schema, dict) else ""
    fields = version.schema.get("properties", {}) if isinstance(version.schema, dict) else {}
    return {
        "version": version.number,
        "payload": kind if isinstance(kind, str) else "",
        "fields": sorted(fields) if isinstance(fields, dict) else [],
        "keys": [key["kind"] for key in version.keys],
        "personal_fields": len(version.personal),
        "secret_fields": len(version.secret),
        "enforcement": version.enforcement,
    }


CONTRACTS = About(
    label="Contract",
    section="contracts",
    fields={
        "slug": "how it is called",
        "name": "its name",
        "team": "slug of the team it belongs to",
        "version": "number of the newest published version; 0 where there is none, and then the rest is not known",
        "payload": "type of the whole: object, array …",
        "fields": "names of the fields of the payload",
        "keys": "kinds of the business keys that are taken from it",
        "personal_fields": "number of fields marked as personal",
        "secret_fields": "number of fields marked as secret",
        "enforcement": "quarantine or observe",
    },
    listed=_contracts,
)
