"""What samples of traffic show and the inventory does not know; names only, and nothing twice."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from controlplane.audit.models import AuditRecord
from controlplane.contracts.models import ContractVersion
from controlplane.foundation import clock
from controlplane.foundation.errors import Invalid, NotAllowed, NotFound
from controlplane.people.access import NOBODY, access_for
from controlplane.people.roles import Role
from controlplane.transactions.discovering import decide
from controlplane.transactions.discovering.sample import sample
from controlplane.transactions.models import Normalisation, PayloadKind, SeenField, SeenType
from controlplane.transactions.pipeline.catalogue import catalogue
from controlplane.transactions.rules.fields import fields_of, named_in, topmost
from controlplane.transactions.selectors.discovered import Discovery, discoveries
from tests.transactions.factories import RECORD, Estate, an_account, estate
from tests.transactions.traffic import a_payload, a_transaction

HOUR = timedelta(hours=1)


def test_fields_are_told_by_pointer_and_kind() -> None:
    record = {"id": "a", "lines": [{"n": 1}, {"n": "x"}], "at": None, "open": True}
    assert fields_of(record) == {
        "/id": {"string"},
        "/lines": {"array"},
        "/lines/*": {"object"},
        "/lines/*/n": {"number", "string"},
        "/at": {"null"},
        "/open": {"boolean"},
    }


def test_a_value_that_stands_as_a_name_is_not_kept() -> None:
    record = {"by": {"mara@example.test": 1, "C-100432": 2, "+49 30 1234": 3}}
    assert sorted(fields_of(record)) == ["/by", "/by/*"]


@settings(deadline=None, max_examples=50, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.recursive(st.integers(), lambda inner: st.dictionaries(st.text(max_size=5), inner, max_size=4), max_leaves=20)
)
def test_no_value_is_among_what_is_found(record: object) -> None:
    assert all(kind in {"object", "number"} for kinds in fields_of(record).values() for kind in kinds)


def test_a_schema_names_what_it_refers_to_and_ends_where_it_refers_to_itself() -> None:
    schema = {
        "allOf": [{"$ref": "#/$defs/Base"}, {"properties": {"lines": {"items": {"$ref": "#/$defs/Line"}}}}],
        "$defs": {
            "Base": {"properties": {"id": {}, "a/b": {}}},
            "Line": {"properties": {"n": {}, "of": {"$ref": "#/$defs/Line"}}},
        },
    }
    named = named_in(schema)
    assert {"/id", "/lines", "/lines/*", "/lines/*/n", "/lines/*/of/of/n"} <= named
    assert len(named) < 100


def test_only_the_outermost_of_what_is_new_is_told() -> None:
    assert topmost({"/a", "/a/b", "/known/c"}, {"/known"}) == ["/a", "/known/c"]


@pytest.fixture
def here(db: None) -> Estate:
    catalogue.forget()
    return estate()


def with_invoices(here: Estate, count: int = 22, **more: object) -> None:
    """As many invoices in the hour before this one, each with a field that its contract does not name."""
    hour = clock.now().replace(minute=0, second=0, microsecond=0) - HOUR
    for number in range(count):
        record = {**RECORD, "id": f"in_{number}", "shipping_zone": "EU", **more}
        at = hour + timedelta(minutes=2 * number + 1)
        about = {"id": f"evt_{number}", "object": "event", "type": "invoice.paid", "created": int(at.timestamp())}
        one = a_transaction(here, at=at)
        a_payload(one, PayloadKind.RECEIVED, about | {"data": {"object": record}}, id=one.event_id)


def found(here: Estate, kind: str, **more: bool) -> list[Discovery]:
    return discoveries(NOBODY, kind=kind, **more)


def test_an_hour_is_looked_at_once(here: Estate) -> None:
    with_invoices(here, 3)
    assert sample() == 3
    assert sample() == 0
    seen = SeenType.objects.get()
    assert (seen.interface, seen.samples) == (here.interface, 3)
    zone = SeenField.objects.get(pointer="/shipping_zone")
    assert (zone.kinds, zone.seen) == (["string"], 3)


def test_of_one_type_so_many_are_looked_at(here: Estate, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("controlplane.transactions.discovering.sample.SAMPLES", 2)
    with_invoices(here, 4)
    assert sample() == 2


def test_a_field_that_no_contract_names_is_told_with_its_share(here: Estate) -> None:
    schema: dict[str, object] = {"properties": {name: {} for name in [*RECORD, "never_sent"]}}
    version = _agreed(here, schema)
    with_invoices(here)
    sample()
    (one,) = [one for one in found(here, "unnamed") if one.pointer == "/shipping_zone"]
    assert (one.kinds, one.samples, one.share, one.version) == (("string",), 22, 1.0, version)
    assert [one.pointer for one in found(here, "unsent")] == ["/never_sent"]


def test_of_few_samples_nobody_says_that_a_field_never_comes(here: Estate) -> None:
    _agreed(here, {"properties": {"never_sent": {}}})
    with_invoices(here, 3)
    sample()
    assert found(here, "unsent") == []


def test_a_type_that_nobody_takes_is_told(here: Estate) -> None:
    here.route.active = False
    here.route.save()
    with_invoices(here, 2)
    sample()
    assert [(one.event_type, one.pointer) for one in found(here, "unknown")] == [("invoice.paid", "")]


def test_what_is_ignored_is_listed_apart_with_its_reason(here: Estate) -> None:
    _agreed(here, {"properties": {}})
    with_invoices(here, 2)
    sample()
    mara = access_for(an_account("Mara Lindqvist", Role.OWNER, here.team))
    one = next(one for one in found(here, "unnamed") if one.pointer == "/shipping_zone")
    assert one.key is not None
    with pytest.raises(Invalid, match="Say why"):
        decide.ignore(mara, one, " ")
    decide.ignore(mara, one, "Of no use to anybody.")
    assert [one.ignored for one in found(here, "unnamed", ignored=True)] == ["Of no use to anybody."]
    assert AuditRecord.objects.latest("id").action == "discovery.ignored"
    with pytest.raises(NotFound):
        decide.the(mara, "unnamed", one.key)


def test_a_version_is_drawn_up_that_names_the_field_and_nothing_is_written(here: Estate) -> None:
    version = _agreed(here, {"properties": {}})
    with_invoices(here, 2)
    sample()
    mara = access_for(an_account("Mara Lindqvist", Role.OWNER, here.team))
    one = next(one for one in found(here, "unnamed") if one.pointer == "/shipping_zone")
    made = decide.drafted(mara, one)
    assert made.schema == {"properties": {"shipping_zone": {"type": "string"}}}
    assert made.title == "Let in /shipping_zone of invoice.paid as it comes"
    assert made.why == "The contract does not name it\nSeen in 100% of 2 samples from Webhooks."
    assert version.contract.versions.count() == version.number


def test_who_may_not_configure_decides_nothing(here: Estate) -> None:
    _agreed(here, {"properties": {}})
    with_invoices(here, 2)
    sample()
    elif_kaya = access_for(an_account("Elif Kaya", Role.SUPPORT, here.team))
    one = found(here, "unnamed")[0]
    with pytest.raises(NotAllowed):
        decide.drafted(elif_kaya, one)
    with pytest.raises(NotAllowed):
        decide.ignore(elif_kaya, one, "No.")


def _agreed(here: Estate, schema: dict[str, object]) -> ContractVersion:
    """The contract of paid invoices has that schema now."""
    normal = Normalisation.objects.select_related("contract_version__contract").get(interface=here.interface)
    assert normal.contract_version is not None
    last = normal.contract_version
    normal.contract_version = ContractVersion.objects.create(
        contract=last.contract, number=last.number + 1, schema=schema, state="published", content_hash="0" * 64
    )
    normal.save()
    return normal.contract_version
