"""The format of an estate document, in one place: what each section's entries may say, and what is so when they do not.

The export leaves out what is as it is by default, the JSON Schema (:mod:`schema`) is written from here, and a test
holds this to what applying understands.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Final

from connectors.interface import kinds as connector_kinds
from connectors.signatures import SCHEMES
from controlplane.contracts.models import Compatibility, Enforcement, Format
from controlplane.governance.facts import kinds as subject_kinds
from controlplane.governance.rules.effective import OFF
from controlplane.governance.rules.verdicts import Reach, Severity
from controlplane.inventory import models as inventory
from controlplane.sync.models import Deletions, Mode
from controlplane.sync.rules.schedule import ScheduleKind
from controlplane.transactions.models.endpoints import OnBroken
from controlplane.transactions.rules.flow import KINDS, LANES
from controlplane.transactions.rules.retention import Retention


class Left(Enum):
    """What is so when a field is left out, where that is no value."""

    NEEDED = "it cannot be left out"
    AS_IT_IS = "it stays as it is"
    BY_NAME = "it is made of the name"


NEEDED: Final = Left.NEEDED


@dataclass(frozen=True, slots=True)
class Field:
    """One field. ``is_a`` is its type in JSON Schema; ``refers`` the section whose entries it names.

    ``items`` is what a list holds, or what each name has; ``says`` what an entry in it may say.
    """

    means: str
    is_a: str = "string"
    left_out: Any = ""
    one_of: Callable[[], Collection[str]] | None = None
    refers: str = ""
    items: Field | None = None
    says: Mapping[str, Field] = field(default_factory=dict)
    form: str = ""

    @property
    def needed(self) -> bool:
        """Whether it must be there."""
        return self.left_out is NEEDED


def _text(means: str, left_out: Any = "", **more: Any) -> Field:
    return Field(means, left_out=left_out, **more)


def _ref(section: str, means: str, left_out: Any = None) -> Field:
    return Field(means, left_out=left_out, refers=section)


def _word(means: str, words: Collection[str] | Callable[[], Collection[str]], left_out: Any = "") -> Field:
    return Field(means, left_out=left_out, one_of=words if callable(words) else lambda: words)


def _whole(means: str, left_out: Any = None) -> Field:
    return Field(means, "integer", left_out)


def _number(means: str, left_out: Any = None) -> Field:
    return Field(means, "number", left_out)


def _flag(means: str, left_out: Any) -> Field:
    return Field(means, "boolean", left_out)


def _several(means: str, items: Field) -> Field:
    return Field(means, "array", [], items=items)


def _table(means: str, items: Field | None = None) -> Field:
    return Field(means, "object", {}, items=items)


def _retentions() -> list[str]:
    return [member.name.lower() for member in Retention if member is not Retention.PINNED]


NAME: Final = _text("what people read; the slug in words", Left.BY_NAME)
_CEL: Final = _text("an expression (CEL)")
_PERSON: Final = "the address of an account"
_KEYS: Final = _table("business keys: the kind of entity, and the expression that finds its id", _CEL)
_LINES: Final = _table("what is written where: target and expression (CEL)", _CEL)
_POINTER: Final = _text("a JSON Pointer such as /customer/email")
_REFERENCE: Final = _text("a reference to a secret, such as vault://kv/stripe#key", form="^(env|file|vault)://")

_LINK: Final[Mapping[str, Field]] = {
    "kind": _text("the kind of entity", NEEDED),
    "key": _text("an expression (CEL)", NEEDED),
    "value": _CEL,
    "issuer": _ref("instances", "whose id it is"),
}
_CONTRACT_LINK: Final[Mapping[str, Field]] = {**_LINK, "target": _ref("instances", "which calls it by the value")}
_EXAMPLE: Final[Mapping[str, Field]] = {"name": _text("what it shows", NEEDED), "value": _table("the record")}
_STEP: Final[Mapping[str, Field]] = {
    "name": _text("what other steps call it", NEEDED),
    "title": _text("what people read"),
    "kind": _word("what it does", KINDS, NEEDED),
    "destination": _ref("destinations", "where it writes, or asks"),
    "operation": _text("the connector's word for what is written"),
    "stream": _text("what is asked for"),
    "by": _text("by which field it is found"),
    "of": _text("the kind of entity that is waited for"),
    "key": _CEL,
    "issuer": _ref("instances", "whose id it is"),
    "keep": _several("fields of an answer that are kept", _text("a dotted path")),
    "personal": _several("those of them that are personal", _text("a dotted path")),
    "cache": _number("seconds for which an answer is good", 0.0),
    "deadline": _number("seconds that are waited", 0.0),
    "fallback": Field("what is so without an answer: fail, skip, or a value", "", ""),
    "needs": _several("steps before it that must have succeeded", _text("the name of a step")),
    "when": _text("an expression (CEL); false skips it"),
    "required": _flag("whether the transaction fails with it", True),
    "lane": _word("which traffic it goes with", LANES),
    "mapping": _LINES,
    "keys": _KEYS,
    "contract": _ref("contracts", "what the data of a published event is agreed as"),
    "entity": _text("of what it writes a record"),
    "does": _word("what it does to it", inventory.Lifecycle.values),
    "writes": _table("the attribute of a target, such as customer.tax_id", _text("entity and attribute, or nothing")),
    "links": _several("ids that its answer proves", Field("an id", "object", says=_LINK)),
}
_ROUTE: Final[Mapping[str, Field]] = {
    "event_type": _text("the type of event that starts it", NEEDED),
    "interface": _ref("interfaces", "only from there"),
    "condition": _text("an expression (CEL) that must be true"),
}
_OPERATION: Final = _word("create, update, merge, archive or delete", inventory.Lifecycle.values)
_PROCESS_STEP: Final[Mapping[str, Field]] = {"slug": _text("what integrations call it", NEEDED), "name": NAME}
_FAILURE_MODE: Final[Mapping[str, Field]] = {
    "name": NAME,
    "sign": _text("how it shows"),
    "workaround": _text("what is done by hand meanwhile"),
}

_EXCEPTION: Final[Mapping[str, Field]] = {
    "reach": _word("which sort of part", Reach.values, NEEDED),
    "scope": _text("which one: its slug"),
    "severity": _word("what it does there: stricter, or off", [*Severity.values, OFF], NEEDED),
    "reason": _text("why", NEEDED),
}

#: The fields of each section, in the order in which they are written.
FORMAT: Final[Mapping[str, Mapping[str, Field]]] = {
    "environments": {"name": NAME},
    "companies": {"name": NAME},
    "teams": {"name": NAME},
    "systems": {
        "name": NAME,
        "connector": _word("which connector speaks it", connector_kinds, NEEDED),
        "monogram": _text("two letters for its tile", Left.BY_NAME),
        "hue": _whole("the colour of its tile, in degrees", 262),
        "purpose": _text("what it is for"),
        "vendor": _text("who makes it"),
        "domain": _text("the part of the business that it serves"),
        "team": _ref("teams", "who runs it"),
        "owner": _text(_PERSON, None),
        "stage": _word("where it is in its life", inventory.SystemStage.values, "live"),
    },
    "instances": {
        "name": NAME,
        "system": _ref("systems", "of which it is one", NEEDED),
        "environment": _ref("environments", "where it runs", "production"),
        "region": _text("where it stands"),
        "base_url": _text("where it answers"),
        "settings": _table("plain values for its connector, never secrets"),
    },
    "interfaces": {
        "name": NAME,
        "instance": _ref("instances", "whose door it is", NEEDED),
        "kind": _word("what sort of door", inventory.InterfaceKind.values, "rest"),
        "purpose": _text("what it is for"),
        "version": _text("in its vendor's words"),
        "documentation": _text("the address where it is described"),
    },
    "processes": {
        "name": NAME,
        "purpose": _text("what it is for"),
        "team": _ref("teams", "whose it is"),
        "owner": _text(_PERSON, None),
        "steps": _several("in their order", Field("a step", "object", says=_PROCESS_STEP)),
    },
    "entities": {
        "name": NAME,
        "purpose": _text("what it is; as it ships", Left.BY_NAME),
        "personal": _flag("whether its ids name a person", Left.AS_IT_IS),
        "on_breach": _word("what a write without the right meets", inventory.NonOwner.values, "flag"),
        "operations": Field("what may be done with a record", "array", Left.AS_IT_IS, items=_OPERATION),
        "schema": Field("a JSON Schema; x-personal and x-identifier are ours", "object", Left.AS_IT_IS),
    },
    "ownership": {
        "record": _ref("systems", "the system of record"),
        "writers": _several("who may write it too", _ref("systems", "a system")),
        "readers": _several("who reads it", _ref("systems", "a system")),
        "survivorship": _word("which value stays", inventory.Survivorship.values),
        "trusted": _several("the most trusted first", _ref("systems", "a system")),
        "steward": _text(_PERSON, None),
        "deputy": _text(_PERSON, None),
    },
    "integrations": {
        "name": NAME,
        "purpose": _text("what it is for"),
        "team": _ref("teams", "who owns it", NEEDED),
        "owner": _text(_PERSON, None),
        "deputy": _text(f"{_PERSON}; somebody else than the owner", None),
        "company": _ref("companies", "whose business it serves"),
        "environment": _ref("environments", "where it runs", "production"),
        "family": _text("one word for the same integration in several environments"),
        "process": _ref("processes", "what it is part of"),
        "steps": _several("the steps of its process that it carries", _text("the slug of a step")),
        "source": _ref("interfaces", "where it hears of things"),
        "targets": _several("where it writes", _ref("interfaces", "a door")),
        "criticality": _word("what its standstill costs", inventory.Criticality.values, "normal"),
        "stage": _word("where it is in its life", inventory.Stage.values, "live"),
        "pattern": _word("how its systems are joined", inventory.Pattern.values),
        "layer": _word("where it stands in an API-led estate", inventory.Layer.values),
        "sync_mode": _word("how soon a change is on the other side", inventory.SyncMode.values),
        "real_time_need": _text("why later would be too late"),
        "classification": _word("how closely what it carries is kept", inventory.Classification.values),
        "residency": _text("where its data must stay"),
        "latency_seconds": _number("from one end to the other, 95 of 100"),
        "retention_days": _whole("how long what it carried is kept"),
        "recovery_point_minutes": _whole("the most that may be lost"),
        "recovery_time_minutes": _whole("the longest that it may stand"),
        "daily_volume": _whole("transactions a day that are expected"),
        "runbook": _text("the address of what to do when it fails"),
        "failure_modes": _table("how it is known to fail", Field("a failure", "object", says=_FAILURE_MODE)),
    },
    "credentials": {
        "name": NAME,
        "instance": _ref("instances", "to whom it proves us", NEEDED),
        "team": _ref("teams", "whose it is", NEEDED),
        "references": _table("by the connector's names for its secrets", _REFERENCE),
        "expires_at": _text("when it expires, such as 2027-01-31T12:00:00+00:00", Left.AS_IT_IS),
    },
    "contracts": {
        "name": NAME,
        "team": _ref("teams", "who answers for it", NEEDED),
        "schema": _table("a JSON Schema"),
        "keys": _KEYS,
        "links": _several("ids in a record that name one thing", Field("an id", "object", says=_CONTRACT_LINK)),
        "personal": _several("what is masked", _POINTER),
        "secret": _several("what is never kept", _POINTER),
        "examples": _several("records that it lets in", Field("an example", "object", says=_EXAMPLE)),
        "downgrade": _table("how a published message becomes one of the version before: target and expression", _CEL),
        "enforcement": _word("what becomes of one that breaks it", Enforcement.values, "quarantine"),
        "format": _word("what the schema is written in", Format.values, Format.JSON_SCHEMA.value),
        "compatibility": _word("whom a new version must not break", Compatibility.values, Compatibility.FULL.value),
    },
    "mappings": {
        "name": NAME,
        "integration": _ref("integrations", "whose it is", NEEDED),
        "lines": _LINES,
    },
    "endpoints": {
        "name": NAME,
        "integration": _ref("integrations", "whose it is", NEEDED),
        "interface": _ref("interfaces", "who sends", NEEDED),
        "scheme": _word("how senders prove who they are", SCHEMES, NEEDED),
        "scheme_settings": _table("of the scheme"),
        "secrets": _several("the newest first", _REFERENCE),
        "event_id": _text("an expression (CEL) for the sender's id of an event"),
        "max_body": _whole("bytes of the largest body", 1_048_576),
        "takes_gzip": _flag("whether bodies may be compressed", False),
        "rate_per_second": _number("events that are taken"),
        "sender_rate_per_second": _number("the same, of one sender"),
        "on_broken": _word("what becomes of what breaks the contract", OnBroken.values, "quarantine"),
        "retention": _word("how long bodies are kept", _retentions, "standard"),
        "drop_fields": _several("what is never kept", _POINTER),
        "active": _flag("whether it takes anything", True),
    },
    "normalisations": {
        "interface": _ref("interfaces", "from where", NEEDED),
        "event_type": _text("the sender's type", NEEDED),
        "canonical_type": _text("our type; the same", Left.BY_NAME),
        "contract": _ref("contracts", "what it must keep to"),
        "mapping": _ref("mappings", "what is made of it"),
        "enforcement": _word("what becomes of one that breaks it there", Enforcement.values),
    },
    "destinations": {
        "name": NAME,
        "instance": _ref("instances", "where it writes", NEEDED),
        "credential": _ref("credentials", "what proves us there"),
        "deadline": _number("seconds for one call", 30.0),
        "retry_delays": _several("seconds before each retry", _number("seconds")),
        "max_in_flight": _whole("calls at once", Left.AS_IT_IS),
        "rate_per_second": _number("calls a second", Left.AS_IT_IS),
        "active": _flag("whether anything is sent there", Left.AS_IT_IS),
    },
    "flows": {
        "name": NAME,
        "integration": _ref("integrations", "whose it is", NEEDED),
        "ordering": _text("an expression (CEL): events of one value keep their order"),
        "steps": _several("in their order", Field("a step", "object", says=_STEP)),
        "routes": _several("what starts it", Field("a route", "object", says=_ROUTE)),
    },
    "jobs": {
        "name": NAME,
        "integration": _ref("integrations", "whose it is", NEEDED),
        "interface": _ref("interfaces", "what is read", NEEDED),
        "credential": _ref("credentials", "what proves us there"),
        "stream": _text("the connector's word, such as party", NEEDED),
        "event_type": _text("as what a changed record is routed", NEEDED),
        "deleted_type": _text("as what one that is gone is routed"),
        "key_field": _text("the field by which people know a record"),
        "schedule": _word("when it reads", ScheduleKind.values, "manual"),
        "cron": _text("minute hour day month weekday"),
        "every_seconds": _whole("between two runs"),
        "time_zone": _text("of its schedule", "UTC"),
        "window_start": _text("the time from which it may read, such as 06:30", None),
        "window_end": _text("the time until which it may read", None),
        "mode": _word("what a run reads", Mode.values, "incremental"),
        "deletions": _word("how what is gone is found", Deletions.values, "ignored"),
        "page_size": _whole("records of one page", 200),
        "records_per_second": _number("at most"),
        "rejected_share": _number("above it, it stops itself"),
        "deleted_share": _number("above it, a person decides", 0.05),
        "deleted_free": _whole("deletions of a run that are always allowed", 5),
        "lane": _word("which traffic it goes with", LANES, "bulk"),
        "retention": _word("how long bodies are kept", _retentions, "standard"),
        "active": _flag("whether its schedule is followed", Left.AS_IT_IS),
    },
    "policies": {
        "title": _text("what it asks for", Left.AS_IT_IS),
        "about": _word("the kind of thing it is about", subject_kinds, Left.AS_IT_IS),
        "reach": _word("for which sort of part of the company", Reach.values, "company"),
        "scope": _text("for which one: its slug"),
        "severity": _word("what it does about what breaks it", Severity.values, "warn"),
        "applies_when": _text("an expression (CEL); left out: always"),
        "expression": _text("an expression (CEL) that must be true; without it only exceptions are said"),
        "remediation": _text("what to do about it", Left.AS_IT_IS),
        "passes": _several("examples that must pass", Field("facts by their names", "object")),
        "fails": _several("examples that must fail", Field("facts by their names", "object")),
        "exceptions": _several("where it holds otherwise", Field("a part of the company", "object", says=_EXCEPTION)),
    },
}
