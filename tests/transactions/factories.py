"""A small estate for tests: a payment system whose paid invoices go to an ERP and then to a notifier.

``estate()`` makes all of it; give it what your test is about. Two estates in one database take two
prefixes. Rows of traffic (transactions, step runs, payloads) are made by :mod:`tests.transactions.traffic`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import orjson
from django.utils.text import slugify

from controlplane.contracts import models as contracts
from controlplane.contracts.lifecycle.content import digest
from controlplane.credentials.models import Credential
from controlplane.inventory import models as inventory
from controlplane.people.access import Access, access_for
from controlplane.people.models import Account, Membership, Person, Team
from controlplane.people.roles import Role
from controlplane.transactions import models as traffic
from controlplane.transactions.rules.retention import Retention
from tests.transactions.paid_invoice import CANONICAL_LINES, KEYS, SCHEMA

LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)

#: The vendor's record as it comes in, in the shape of a Stripe invoice.
RECORD: Mapping[str, Any] = {
    "id": "in_1001",
    "object": "invoice",
    "number": "INV-0001",
    "customer": "cus_R7v2",
    "customer_name": "Brandt Messtechnik GmbH",
    "customer_email": "office@brandt-mt.example",
    "currency": "eur",
    "amount_paid": 394000,
    "description": "Delivery in week 50",
    "status": "paid",
}

PERSONAL: Sequence[str] = ("/customer_name", "/customer_email")


def deliver(name: str, destination: str, operation: str, **more: Any) -> dict[str, Any]:
    """One delivering step of a flow version's JSON; ``mapping`` as ``{target: expression}``."""
    lines = [{"target": key, "expression": value} for key, value in more.pop("mapping", {}).items()]
    return {
        "name": name,
        "kind": "deliver",
        "destination": destination,
        "operation": operation,
        "mapping": lines,
    } | more


def paid_invoice_steps(prefix: str) -> list[dict[str, Any]]:
    """Find or make the party, then its invoice in the ERP, and tell somebody if that works."""
    return [
        deliver(
            "party",
            f"{prefix}-erp",
            "party.upsert",
            title="Find or create the customer",
            mapping={
                "code": "event.customer.id",
                "name": "event.customer.name",
                "email": "lower(event.customer.email)",
            },
        ),
        deliver(
            "invoice",
            f"{prefix}-erp",
            "invoice.create",
            title="Post the paid invoice",
            needs=["party"],
            mapping={
                "party": "steps.party.external_id",
                "number": "event.number",
                "total": "event.amount",
                "currency": "event.currency",
            },
        ),
        deliver(
            "notify",
            f"{prefix}-notify",
            "post",
            title="Tell the notifier",
            needs=["invoice"],
            required=False,
            mapping={"text": "'Invoice ' + event.number + ' is paid'"},
        ),
    ]


@dataclass(frozen=True, slots=True)
class Estate:
    """Everything :func:`estate` made, by its name in the story."""

    prefix: str
    team: Team
    environment: inventory.Environment
    source: inventory.Instance
    erp: inventory.Instance
    notifier: inventory.Instance
    interface: inventory.Interface
    integration: inventory.Integration
    contract: contracts.Contract
    contract_version: contracts.ContractVersion
    mapping_version: traffic.MappingVersion
    normalisation: traffic.Normalisation
    endpoint: traffic.Endpoint
    credential: Credential
    to_erp: traffic.Destination
    to_notifier: traffic.Destination
    flow: traffic.Flow
    flow_version: traffic.FlowVersion
    route: traffic.Route


@dataclass(frozen=True, kw_only=True, slots=True)
class Wanted:
    """What an estate can be asked to be; every field has a sensible default."""

    team: Team | None = None
    schema: Mapping[str, Any] = field(default_factory=lambda: SCHEMA)
    keys: Sequence[Mapping[str, str]] = KEYS
    links: Sequence[Mapping[str, str]] = ()
    personal: Sequence[str] = PERSONAL
    secret: Sequence[str] = ()
    enforcement: str = contracts.Enforcement.QUARANTINE
    lines: Sequence[Mapping[str, str]] = CANONICAL_LINES
    steps: Sequence[Mapping[str, Any]] | None = None
    ordering: str = ""
    condition: str = ""
    event_type: str = "invoice.paid"
    canonical_type: str = "invoice.paid.v1"
    scheme: str = "stripe"
    scheme_settings: Mapping[str, Any] = field(default_factory=dict)
    secrets: Sequence[str] = ("env://BILLING_WEBHOOK_SECRET",)
    event_id: str = ""
    on_broken: str = traffic.OnBroken.QUARANTINE
    retention: Retention = Retention.STANDARD
    drop_fields: Sequence[str] = ()
    max_body: int = 1_048_576
    criticality: str = inventory.Criticality.NORMAL
    retry_delays: Sequence[float] = ()
    erp_connector: str = "tryton"
    erp_url: str = "https://erp.example"
    notify_url: str = "https://notify.example"
    max_in_flight: int = 64
    rate_per_second: float | None = None


def estate(prefix: str = "billing", **wanted: Any) -> Estate:
    """An estate of slugs that begin with ``prefix``; :class:`Wanted` names what can be asked for."""
    asked = Wanted(**wanted)
    made: dict[str, Any] = {"prefix": prefix, "team": asked.team or a_team(prefix)}
    for build in (_systems, _integration, _agreement, _understanding, _endpoint, _destinations, _flow):
        made |= build(prefix, asked, made)
    return Estate(**made)


def _systems(prefix: str, asked: Wanted, _made: Mapping[str, Any]) -> dict[str, Any]:
    erp = system(asked.erp_connector, asked.erp_connector.title(), "Ty", 330)
    source = an_instance(f"{prefix}-payments", system("stripe", "Stripe", "St", 285), "https://payments.example")
    return {
        "source": source,
        "erp": an_instance(f"{prefix}-erp", erp, asked.erp_url),
        "notifier": an_instance(f"{prefix}-notifier", system("webhook", "Notifier", "No", 190), asked.notify_url),
        "environment": source.environment,
    }


def a_process(slug: str) -> inventory.Process:
    """A business process of that slug."""
    return inventory.Process.objects.get_or_create(slug=slug, defaults={"name": slug.capitalize()})[0]


def _integration(prefix: str, asked: Wanted, made: Mapping[str, Any]) -> dict[str, Any]:
    interface = inventory.Interface.objects.create(
        slug=f"{prefix}-webhooks", instance=made["source"], kind=inventory.InterfaceKind.WEBHOOK, name="Webhooks"
    )
    integration = inventory.Integration.objects.create(
        slug=f"{prefix}-invoices",
        name=f"{prefix.title()}: invoice to ledger",
        team=made["team"],
        process=a_process("order-to-cash"),
        environment=made["environment"],
        source=interface,
        criticality=asked.criticality,
    )
    return {"interface": interface, "integration": integration}


def _agreement(prefix: str, asked: Wanted, made: Mapping[str, Any]) -> dict[str, Any]:
    contract = contracts.Contract.objects.create(slug=f"{prefix}-invoice", name="Paid invoice", team=made["team"])
    content: dict[str, Any] = {
        "schema": dict(asked.schema),
        "keys": list(asked.keys),
        "links": list(asked.links),
        "personal": list(asked.personal),
        "secret": list(asked.secret),
        "examples": [],
        "enforcement": asked.enforcement,
    }
    version = contracts.ContractVersion.objects.create(
        contract=contract, number=1, state=contracts.VersionState.PUBLISHED, content_hash=digest(content), **content
    )
    return {"contract": contract, "contract_version": version}


def _understanding(prefix: str, asked: Wanted, made: Mapping[str, Any]) -> dict[str, Any]:
    version = made["contract_version"]
    mapping_version = a_mapping(f"{prefix}-canonical", made["integration"], asked.lines, source=version)
    normalisation = traffic.Normalisation.objects.create(
        interface=made["interface"],
        event_type=asked.event_type,
        canonical_type=asked.canonical_type,
        contract_version=version,
        mapping_version=mapping_version,
    )
    return {"mapping_version": mapping_version, "normalisation": normalisation}


def _endpoint(prefix: str, asked: Wanted, made: Mapping[str, Any]) -> dict[str, Any]:
    endpoint = traffic.Endpoint.objects.create(
        slug=f"{prefix}-webhooks",
        name=f"{prefix.title()} webhooks",
        integration=made["integration"],
        interface=made["interface"],
        scheme=asked.scheme,
        scheme_settings=dict(asked.scheme_settings),
        secrets=list(asked.secrets),
        event_id=asked.event_id,
        on_broken=asked.on_broken,
        retention=asked.retention,
        drop_fields=list(asked.drop_fields),
        max_body=asked.max_body,
    )
    return {"endpoint": endpoint}


def _destinations(prefix: str, asked: Wanted, made: Mapping[str, Any]) -> dict[str, Any]:
    credential = Credential.objects.create(
        slug=f"{prefix}-erp",
        name=f"{prefix.title()} ERP",
        instance=made["erp"],
        team=made["team"],
        references={"password": "env://BILLING_ERP_PASSWORD"},
    )
    limits: dict[str, Any] = {
        "retry_delays": asked.retry_delays,
        "max_in_flight": asked.max_in_flight,
        "rate_per_second": asked.rate_per_second,
    }
    return {
        "credential": credential,
        "to_erp": a_destination(f"{prefix}-erp", made["erp"], credential=credential, **limits),
        "to_notifier": a_destination(f"{prefix}-notify", made["notifier"], **limits),
    }


def _flow(prefix: str, asked: Wanted, made: Mapping[str, Any]) -> dict[str, Any]:
    flow = traffic.Flow.objects.create(
        slug=f"{prefix}-invoices", name="Invoice to ledger", integration=made["integration"]
    )
    steps = paid_invoice_steps(prefix) if asked.steps is None else asked.steps
    version = a_flow_version(flow, steps, ordering=asked.ordering, source=made["contract_version"])
    route = traffic.Route.objects.create(
        flow=flow, event_type=asked.canonical_type, interface=made["interface"], condition=asked.condition
    )
    return {"flow": flow, "flow_version": version, "route": route}


def a_team(slug: str) -> Team:
    """The team of a slug, made if it is not there."""
    return Team.objects.get_or_create(slug=slug, defaults={"name": slug.title()})[0]


def system(slug: str, name: str, monogram: str, hue: int) -> inventory.System:
    """The product of a slug, spoken by the connector of the same name; shared between estates."""
    return inventory.System.objects.get_or_create(
        slug=slug, defaults={"name": name, "connector": slug, "monogram": monogram, "hue": hue}
    )[0]


def an_instance(slug: str, of: inventory.System, base_url: str, **settings: Any) -> inventory.Instance:
    """A system in production."""
    return inventory.Instance.objects.create(
        slug=slug,
        system=of,
        environment=inventory.Environment.objects.get(slug="production"),
        name=slug.replace("-", " ").title(),
        base_url=base_url,
        settings=settings,
    )


def in_environment(made: Estate, slug: str) -> inventory.Environment:
    """Everything of an estate moved to the environment of that slug, which is made where it does not exist."""
    environment, _ = inventory.Environment.objects.get_or_create(slug=slug, defaults={"name": slug.title()})
    inventory.Integration.objects.filter(pk=made.integration.pk).update(environment=environment)
    ids = [one.pk for one in (made.source, made.erp, made.notifier)]
    inventory.Instance.objects.filter(pk__in=ids).update(environment=environment)
    for one in (made.integration, made.source, made.erp, made.notifier):
        one.refresh_from_db()
    return environment


def a_mapping(
    slug: str,
    integration: inventory.Integration,
    lines: Sequence[Mapping[str, str]],
    source: contracts.ContractVersion | None = None,
) -> traffic.MappingVersion:
    """The next version of the mapping of a slug."""
    mapping, _ = traffic.Mapping.objects.get_or_create(
        slug=slug, defaults={"name": slug.replace("-", " "), "integration": integration}
    )
    return traffic.MappingVersion.objects.create(
        mapping=mapping,
        number=mapping.versions.count() + 1,
        lines=list(lines),
        source=source,
        content_hash=content_hash(lines),
    )


def a_flow_version(
    flow: traffic.Flow,
    steps: Sequence[Mapping[str, Any]],
    *,
    ordering: str = "",
    source: contracts.ContractVersion | None = None,
) -> traffic.FlowVersion:
    """The next version of a flow, published; the one before it is retired."""
    flow.versions.filter(state=contracts.VersionState.PUBLISHED).update(state=contracts.VersionState.RETIRED)
    return traffic.FlowVersion.objects.create(
        flow=flow,
        number=flow.versions.count() + 1,
        steps=list(steps),
        ordering=ordering,
        source_contract=source,
        state=contracts.VersionState.PUBLISHED,
        content_hash=content_hash(steps, ordering),
    )


def a_destination(
    slug: str,
    instance: inventory.Instance,
    *,
    credential: Credential | None = None,
    retry_delays: Sequence[float] = (),
    max_in_flight: int = 64,
    rate_per_second: float | None = None,
) -> traffic.Destination:
    """A destination that is neither paused nor broken, with its row of changing facts."""
    destination = traffic.Destination.objects.create(
        slug=slug,
        name=slug.replace("-", " ").title(),
        instance=instance,
        credential=credential,
        retry_delays=list(retry_delays),
    )
    limits = {"max_in_flight": max_in_flight, "rate_per_second": rate_per_second}
    traffic.DestinationState.objects.update_or_create(
        destination=destination,
        defaults=limits | {"paused_until": LONG_AGO, "claimed_at": LONG_AGO, "low": LONG_AGO},
    )
    return destination


def an_account(name: str, role: Role | None = None, team: Team | None = None) -> Account:
    """Somebody with one role (or none yet), without a password: tests sign in with ``client.force_login``."""
    person = Person.objects.create(name=name)
    account = Account(email=f"{slugify(name)}@people.example", person=person)
    account.set_unusable_password()  # hashing one takes longer than most tests
    account.save()
    if role is not None:
        Membership.objects.create(person=person, role=role, team=team)
    return account


def an_access(role: Role, team: Team | None = None, name: str = "") -> Access:
    """What somebody with that role may see and do."""
    return access_for(an_account(name or f"{role.label} {team.slug if team else 'everywhere'}", role, team))


def content_hash(*parts: Any) -> str:
    """A stand-in that is true: SHA-256 over the parts as sorted JSON."""
    return hashlib.sha256(orjson.dumps(parts, option=orjson.OPT_SORT_KEYS)).hexdigest()
