"""What is agreed: credentials (as references), contracts and mappings, the last two in versions."""

from __future__ import annotations

from typing import Any

import jsonschema_rs

from connectors.interface import Connector, connector_class
from controlplane.console.estate.document import Entry
from controlplane.console.estate.rows import Rows
from controlplane.contracts.models import Contract, ContractVersion, Enforcement, VersionState
from controlplane.credentials.models import Credential
from controlplane.credentials.references import parse
from controlplane.inventory.models import EntityKind, Instance, Integration
from controlplane.people.models import Team
from controlplane.transactions.flows.publish import content_hash
from controlplane.transactions.models import Mapping as FieldMapping
from controlplane.transactions.models import MappingVersion
from controlplane.transactions.pointers import segments
from controlplane.transactions.rules.flow import read_lines


def credential(entry: Entry, rows: Rows) -> None:
    """References to what proves us to one instance, by the connector's names for them."""
    instance = entry.refer("instance", rows.of(Instance))
    rows.put(
        entry,
        Credential,
        name=entry.name(),
        instance=instance,
        team=entry.refer("team", rows.of(Team)),
        references=_references(entry, connector_class(instance.system.connector)),
    )


def _references(entry: Entry, connector: type[Connector]) -> dict[str, str]:
    references = entry.texts("references")
    for name in connector.secret_names:
        if name not in references:
            raise entry.amiss("references", f"{connector.title} needs {name!r}.")
    for name, reference in references.items():
        entry.must_be_known("references", name, (*connector.secret_names, *connector.optional_secret_names))
        check_reference(entry, f"references.{name}", reference)
    return references


def check_reference(entry: Entry, name: str, reference: Any) -> None:
    """Complain of what is no reference, without repeating it: it may be the secret itself."""
    if not isinstance(reference, str):
        raise entry.amiss(name, "a reference is text.")
    with entry.telling(name):
        parse(reference)


def contract(entry: Entry, rows: Rows) -> None:
    """A schema with its keys and what is personal or secret in it; changed content is a new version."""
    row = rows.put(entry, Contract, name=entry.name(), team=entry.refer("team", rows.of(Team)))
    content: dict[str, Any] = {
        "schema": _schema(entry),
        "keys": keys(entry, rows),
        "personal": pointers(entry, "personal"),
        "secret": pointers(entry, "secret"),
        "enforcement": entry.choice("enforcement", Enforcement.values, Enforcement.QUARANTINE),
    }
    digest = content_hash(content)
    last = row.versions.order_by("number").last()
    if last is None or last.content_hash != digest:
        number = last.number + 1 if last else 1
        ContractVersion.objects.create(
            contract=row, number=number, content_hash=digest, state=VersionState.PUBLISHED, **content
        )
        rows.note(entry, "created", f" v{number}")


def _schema(entry: Entry) -> dict[str, Any]:
    schema = entry.fields("schema")
    try:
        jsonschema_rs.validator_for(schema, offline=True)
    except ValueError as error:
        raise entry.amiss("schema", f"this is no JSON Schema: {str(error).splitlines()[0]}.") from error
    return schema


def keys(entry: Entry, rows: Rows) -> list[dict[str, str]]:
    """Business keys, written short: the kind of entity, and the expression that finds its id."""
    found = entry.expressions("keys")
    for kind in found:
        entry.must_be_known("keys", kind, rows.of(EntityKind))
    return [{"kind": kind, "value": value} for kind, value in found.items()]


def pointers(entry: Entry, name: str) -> list[str]:
    """Fields by JSON Pointers."""
    found = entry.items(name)
    for pointer in found:
        if not isinstance(pointer, str):
            raise entry.amiss(name, f"a JSON Pointer is text such as /customer/email, not {pointer!r}.")
        with entry.telling(name):
            segments(pointer)
    return found


def mapping(entry: Entry, rows: Rows) -> None:
    """A table of target and expression; changed lines are a new version."""
    integration = entry.refer("integration", rows.of(Integration))
    row = rows.put(entry, FieldMapping, name=entry.name(), integration=integration)
    found = lines(entry, "lines")
    digest = content_hash(found)
    last = row.versions.order_by("number").last()
    if last is None or last.content_hash != digest:
        number = last.number + 1 if last else 1
        MappingVersion.objects.create(mapping=row, number=number, lines=found, content_hash=digest)
        rows.note(entry, "created", f" v{number}")


def lines(entry: Entry, name: str) -> list[dict[str, str]]:
    """Mapping lines, written short: ``customer.email: record.email``."""
    found = [{"target": target, "expression": source} for target, source in entry.expressions(name).items()]
    with entry.telling(name):
        read_lines(found)
    return found
