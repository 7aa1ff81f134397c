"""Where events come in, what is made of them, and where deliveries go: endpoints, normalisations, destinations."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from connectors.signatures import SCHEMES
from controlplane.console.estate.agreements import check_reference, pointers
from controlplane.console.estate.changes import Difference
from controlplane.console.estate.document import Entry, judged
from controlplane.console.estate.rows import Rows
from controlplane.contracts.models import Contract, ContractVersion, Enforcement
from controlplane.credentials.models import Credential
from controlplane.inventory.models import Instance, Integration, Interface
from controlplane.transactions.models import Destination, DestinationState, Endpoint, MappingVersion, Normalisation
from controlplane.transactions.models import Mapping as FieldMapping
from controlplane.transactions.models.endpoints import OnBroken
from controlplane.transactions.rules.limits import in_flight_refusal, rate_refusal
from controlplane.transactions.rules.retention import Retention

N = TypeVar("N", int, float)


def endpoint(entry: Entry, rows: Rows) -> None:
    """Our own address for one sender, ``/in/<slug>``."""
    scheme = entry.choice("scheme", SCHEMES)
    rows.put(
        entry,
        Endpoint,
        name=entry.name(),
        integration=entry.refer("integration", rows.of(Integration)),
        interface=entry.refer("interface", rows.of(Interface)),
        scheme=scheme,
        scheme_settings=_scheme_settings(entry, scheme),
        secrets=_secrets(entry, scheme),
        event_id=entry.expression("event_id"),
        max_body=entry.positive("max_body", 1_048_576),
        takes_gzip=entry.take("takes_gzip", False),
        rate_per_second=_rate(entry, "rate_per_second"),
        sender_rate_per_second=_rate(entry, "sender_rate_per_second"),
        on_broken=entry.choice("on_broken", OnBroken.values, OnBroken.QUARANTINE),
        retention=retention(entry),
        drop_fields=pointers(entry, "drop_fields"),
        active=entry.take("active", True),
    )


def _rate(entry: Entry, name: str) -> float | None:
    return entry.positive(name, 1.0) if entry.has(name) else None


def _scheme_settings(entry: Entry, scheme: str) -> dict[str, Any]:
    settings = entry.fields("scheme_settings")
    if "trusted_proxies" in settings:
        entry.amiss("scheme_settings", "trusted_proxies are the operator's to say: INTERLOCK_TRUSTED_PROXIES.")
    for name in settings if scheme in SCHEMES else ():
        entry.must_be_known("scheme_settings", name, SCHEMES[scheme].settings)
    return settings


def _secrets(entry: Entry, scheme: str) -> list[str]:
    secrets = entry.items("secrets")
    for number, reference in enumerate(secrets, 1):
        check_reference(entry, f"secrets.{number}", reference)
    if not secrets and not entry.is_amiss("secrets") and scheme in SCHEMES and not SCHEMES[scheme].keyless:
        entry.amiss("secrets", f"the scheme {scheme!r} proves nothing without a secret; give a reference to it.")
    return secrets


def retention(entry: Entry) -> Retention:
    """How long bodies are kept, by its name in small letters."""
    words = {member.name.lower(): member for member in Retention if member is not Retention.PINNED}
    return words[entry.choice("retention", words, "standard")]


def normalisation(entry: Entry, rows: Rows) -> None:
    """What one type of event at one interface becomes, by the newest versions of contract and mapping."""
    contract = entry.refer_maybe("contract", rows.of(Contract))
    mapping = entry.refer_maybe("mapping", rows.of(FieldMapping))
    event_type = entry.need("event_type")
    interface = entry.refer("interface", rows.of(Interface))
    canonical_type = entry.take("canonical_type", event_type)
    with judged():
        if before := rows.claim(entry, Normalisation, interface.pk, event_type):
            entry.amiss("event_type", f"{before} says already what becomes of {event_type!r} there.")
    enforcement = entry.choice_maybe("enforcement", Enforcement.values)
    versions = _newest(entry, rows, contract, mapping)
    where = {"interface": interface, "event_type": event_type}
    rows.put_at(entry, Normalisation, where, canonical_type=canonical_type, enforcement=enforcement, **versions)


def _newest(
    entry: Entry, rows: Rows, contract: Contract | None, mapping: FieldMapping | None
) -> dict[str, ContractVersion | MappingVersion | None]:
    """The newest versions of what an entry that stands refers to."""
    if not entry.stands:
        return {}
    return {
        "contract_version": rows.holding(ContractVersion, "contract").get(contract.pk) if contract else None,
        "mapping_version": rows.newest(MappingVersion, "mapping").get(mapping.pk) if mapping else None,
    }


def destination(entry: Entry, rows: Rows) -> None:
    """An instance that steps write to, with the limits that hold for it."""
    instance = entry.refer("instance", rows.of(Instance))
    credential = entry.refer_maybe("credential", rows.of(Credential))
    with judged():
        if credential is not None and credential.instance_id != instance.pk:
            entry.amiss("credential", f"{credential.slug!r} belongs to another instance.")
    row = rows.put(
        entry,
        Destination,
        name=entry.name(),
        instance=instance,
        credential=credential,
        deadline=entry.positive("deadline", 30.0),
        retry_delays=_delays(entry),
        **as_it_is(entry, "active", True),
    )
    _limits(entry, rows, row)


def as_it_is(entry: Entry, name: str, default: bool) -> dict[str, bool]:
    """A field that stays as it is where it is left out: what somebody has switched off stays off."""
    value = entry.take(name, default)
    return {name: value} if entry.has(name) else {}


def _delays(entry: Entry) -> list[float]:
    delays = entry.items("retry_delays")
    for number, delay in enumerate(delays, 1):
        if isinstance(delay, bool) or not isinstance(delay, int | float) or delay < 0:
            entry.amiss("retry_delays", f"expected seconds, found {delay!r}.", number)
    return delays


def _limits(entry: Entry, rows: Rows, row: Destination) -> None:
    """Limits that are given; others stay as people set them while work is under way."""
    wanted: dict[str, Any] = {}
    if entry.has("max_in_flight"):
        wanted["max_in_flight"] = _limit(entry, "max_in_flight", 64, in_flight_refusal)
    if entry.has("rate_per_second"):
        wanted["rate_per_second"] = _limit(entry, "rate_per_second", 1.0, rate_refusal)
    if not entry.stands or row.pk < 0:
        return
    states = rows.by(DestinationState, ["destination"])
    state = states.get((row.pk,)) or DestinationState.objects.get(destination=row)
    differences = [Difference(name, getattr(state, name), value) for name, value in wanted.items()]
    differences = [one for one in differences if one.before != one.after]
    if differences:
        if rows.writes:
            rows.limits[row.pk] = (state, wanted)
            rows.many.remember(row, differences, made=None)
        if entry.where not in rows.applied.created:
            rows.note(entry, "changed", " limits", *differences)


def _limit(entry: Entry, name: str, default: N, refusal: Callable[[N], str]) -> N:
    value = entry.take(name, default)
    if words := refusal(value):
        entry.amiss(name, f"expected {words}.")
    return value
