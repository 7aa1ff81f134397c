"""What is agreed: credentials (as references), contracts and mappings, the last two in versions."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime
from typing import Any

import jsonschema_rs

from connectors.interface import Connector, connector_class
from controlplane.console.estate.document import Entry, judged
from controlplane.console.estate.rows import Rows
from controlplane.contracts.models import Compatibility, Contract, ContractVersion, Enforcement, Format, VersionState
from controlplane.credentials.models import Credential
from controlplane.credentials.references import parse
from controlplane.foundation import planned
from controlplane.foundation.pointers import segments
from controlplane.inventory.models import EntityKind, Instance, Integration
from controlplane.people.models import Team
from controlplane.transactions.models import Mapping as FieldMapping
from controlplane.transactions.models import MappingVersion
from controlplane.transactions.rules.flow import read_lines


def credential(entry: Entry, rows: Rows) -> None:
    """References to what proves us to one instance, by the connector's names for them."""
    instance = entry.refer("instance", rows.of(Instance))
    references = _references(entry)
    with judged():
        connector = connector_class(instance.system.connector)
        if not entry.is_amiss("references"):
            _check_names(entry, references, connector)
    rows.put(
        entry,
        Credential,
        name=entry.name(),
        instance=instance,
        team=entry.refer("team", rows.of(Team)),
        references=references,
        **_expiry(entry),
    )


def _expiry(entry: Entry) -> dict[str, datetime]:
    """When it expires; as it is where that is left out. Without an offset it is in UTC."""
    text = entry.take("expires_at", "")
    if not text:
        return {}
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        entry.amiss("expires_at", f"expected a moment such as '2027-01-31T12:00:00+00:00', found {text!r}.")
        return {}
    if moment.year not in planned.YEARS:
        entry.amiss("expires_at", f"{text!r} is in no year that can be kept; leave it out for what never expires.")
        return {}
    return {"expires_at": moment if moment.tzinfo else moment.replace(tzinfo=UTC)}


def _references(entry: Entry) -> dict[str, str]:
    references = entry.texts("references")
    for name, reference in references.items():
        check_reference(entry, f"references.{name}", reference)
    return references


def _check_names(entry: Entry, references: Collection[str], connector: type[Connector]) -> None:
    for name in connector.secret_names:
        if name not in references:
            entry.amiss("references", f"{connector.title} needs {name!r}.")
    for name in references:
        entry.must_be_known("references", name, (*connector.secret_names, *connector.optional_secret_names))


def check_reference(entry: Entry, name: str, reference: Any) -> None:
    """Complain of what is no reference, without repeating it: it may be the secret itself."""
    if not isinstance(reference, str):
        entry.amiss(name, "a reference is text.")
        return
    with entry.telling(name):
        parse(reference)


def contract(entry: Entry, rows: Rows) -> None:
    """A schema with its keys and what is personal or secret in it; changed content is a new version."""
    written = entry.choice("format", Format.values, Format.JSON_SCHEMA)
    row = rows.put(
        entry,
        Contract,
        name=entry.name(),
        team=entry.refer("team", rows.of(Team)),
        format=written,
        compatibility=entry.choice("compatibility", Compatibility.values, Compatibility.FULL),
    )
    content: dict[str, Any] = {
        "schema": _schema(entry) if written == Format.JSON_SCHEMA else entry.fields("schema"),
        "keys": keys(entry, rows),
        **_links(entry, rows),
        **_examples(entry),
        **_downgrade(entry),
        "personal": pointers(entry, "personal"),
        "secret": pointers(entry, "secret"),
        "enforcement": entry.choice("enforcement", Enforcement.values, Enforcement.QUARANTINE),
    }
    if entry.stands:
        rows.put_version(entry, ContractVersion, "contract", row, content, state=VersionState.PUBLISHED, **content)


def _schema(entry: Entry) -> dict[str, Any]:
    schema = entry.fields("schema")
    if entry.holds_unkept("schema"):
        return schema
    try:
        jsonschema_rs.validator_for(schema, offline=True)
    except ValueError as error:
        entry.amiss("schema", f"this is no JSON Schema: {str(error).splitlines()[0]}.")
    return schema


def keys(entry: Entry, rows: Rows) -> list[dict[str, str]]:
    """Business keys, written short: the kind of entity, and the expression that finds its id."""
    found = entry.expressions("keys")
    for kind in found:
        entry.must_be_known("keys", kind, rows.of(EntityKind))
    return [{"kind": kind, "value": value} for kind, value in found.items()]


def _links(entry: Entry, rows: Rows) -> dict[str, list[dict[str, str]]]:
    """Ids in a record that name one thing. Nothing where none are given: what there was before is the same content."""
    found = []
    for link in entry.inner("links"):
        link.choice("kind", rows.of(EntityKind))
        if link.need("key"):
            link.expression("key")
        link.refer_maybe("issuer", rows.of(Instance))
        target, value = link.has("target"), link.has("value")
        if target != value:
            words = "what the target calls it" if target else "which instance calls it so"
            link.amiss("target" if target else "value", f"give both: {words} is missing.")
        link.refer_maybe("target", rows.of(Instance))
        link.expression("value")
        found.append(dict(link.given()))
    return {"links": found} if found else {}


def _examples(entry: Entry) -> dict[str, list[dict[str, Any]]]:
    """Records that it lets in. Nothing where none are given: what there was before is the same content."""
    found = [{"name": one.need("name"), "value": one.fields("value")} for one in entry.inner("examples")]
    return {"examples": found} if found else {}


def _downgrade(entry: Entry) -> dict[str, list[dict[str, str]]]:
    """How a message becomes one of the version before. Nothing where it is not said: the same content as ever."""
    found = lines(entry, "downgrade")
    return {"downgrade": found} if found else {}


def pointers(entry: Entry, name: str) -> list[str]:
    """Fields by JSON Pointers."""
    found = entry.items(name)
    for number, pointer in enumerate(found, 1):
        if not isinstance(pointer, str):
            entry.amiss(name, f"a JSON Pointer is text such as /customer/email, not {pointer!r}.", number)
            continue
        with entry.telling(name, number):
            segments(pointer)
    return found


def mapping(entry: Entry, rows: Rows) -> None:
    """A table of target and expression; changed lines are a new version."""
    integration = entry.refer("integration", rows.of(Integration))
    row = rows.put(entry, FieldMapping, name=entry.name(), integration=integration)
    found = lines(entry, "lines")
    if entry.stands:
        rows.put_version(entry, MappingVersion, "mapping", row, found, lines=found)


def lines(entry: Entry, name: str) -> list[dict[str, str]]:
    """Mapping lines, written short: ``customer.email: record.email``."""
    found = [{"target": target, "expression": source} for target, source in entry.expressions(name).items()]
    with entry.telling(name):
        read_lines(found)
    return found
