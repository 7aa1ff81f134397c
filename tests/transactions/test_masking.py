"""Personal values are shown in their shape to those who may not see them, wherever they turn up."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from controlplane.transactions.masking import DOTS, EVERYTHING, Mask, personal_hidden, shape, without_addresses
from tests.transactions.factories import PERSONAL, RECORD


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("office@brandt-mt.example", "o••••@brandt-mt.example"),
        ("Brandt Messtechnik GmbH", "B•••• M•••• G••••"),
        ("+43 660 1234567", "+•••• •••• ••••"),
        ("ATU 6394\u00a01208", "•••• ••••\u00a0••••"),
        ("Li", "••••"),
        ("", ""),
    ],
)
def test_the_shape_stays(text: str, seen: str) -> None:
    assert shape(text) == seen


def test_a_personal_field_is_masked_in_the_record_and_in_the_envelope_around_it() -> None:
    mask = Mask(PERSONAL, [RECORD])
    masked = mask.document({"id": "evt_1", "data": {"object": dict(RECORD)}})
    assert masked["data"]["object"]["customer_email"] == "o••••@brandt-mt.example"
    assert masked["data"]["object"]["customer_name"] == "B•••• M•••• G••••"
    assert masked["data"]["object"]["amount_paid"] == 394000
    assert masked["id"] == "evt_1"


def test_a_value_is_masked_where_a_mapping_put_it_in_any_case_and_inside_a_text() -> None:
    mask = Mask(PERSONAL, [RECORD])
    sent = {"to": "OFFICE@brandt-mt.example", "text": "Dear Brandt Messtechnik GmbH, thank you.", "total": "3940.00"}
    assert mask.document(sent) == {
        "to": "O••••@brandt-mt.example",
        "text": "Dear B•••• M•••• G••••, thank you.",
        "total": "3940.00",
    }
    assert mask.text("No such party: office@brandt-mt.example") == "No such party: o••••@brandt-mt.example"
    assert mask.hides(["office@brandt-mt.example"])
    assert not mask.hides({"total": "3940.00"})


def test_numbers_lists_and_whole_objects_can_be_personal() -> None:
    record = {
        "person": {"born": 1974, "names": ["Ada", "Countess"], "vip": True},
        "lines": [{"to": "Ada"}, {"to": "Bob"}],
    }
    mask = Mask(["/person", "/lines/*/to"], [record])
    assert mask.document(record) == {
        "person": {"born": "••••", "names": ["••••", "C••••"], "vip": True},
        "lines": [{"to": "••••"}, {"to": "••••"}],
    }
    assert mask.document({"year": 1974, "note": "Adam and ada"}) == {"year": "••••", "note": "Adam and ••••"}


def test_without_personal_fields_nothing_is_masked() -> None:
    assert Mask([], [RECORD]).document(dict(RECORD)) == dict(RECORD)


def test_without_a_contract_every_text_is_masked_and_numbers_stay() -> None:
    assert EVERYTHING.document({"name": "Ada Lovelace", "total": 12, "paid": True}) == {
        "name": "•••• L••••",
        "total": 12,
        "paid": True,
    }


_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=12,
)


@given(_json, st.text(st.characters(categories=["Ll", "Lu"]), min_size=4, max_size=12))
def test_a_personal_text_is_nowhere_in_what_is_shown(rest: Any, secret: str) -> None:
    record = {"who": secret, "rest": rest}
    shown = Mask(["/who"], [record]).document({"outer": [record, f"to {secret}!", {"x": secret}]})
    assert not [leaf for leaf in leaves(shown) if secret.lower() in leaf.lower()]


def leaves(value: Any) -> list[str]:
    """Every text in a document, but the names of members."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        return [leaf for child in value for leaf in leaves(child)]
    return [value] if isinstance(value, str) else []


def test_values_are_learned_from_an_envelope_too_when_there_is_no_record_yet() -> None:
    mask = Mask(PERSONAL, [{"data": {"object": dict(RECORD)}}])
    assert mask.text("customer_email: 'office@brandt-mt.example' is too long") == (
        "customer_email: 'o••••@brandt-mt.example' is too long"
    )


def test_an_address_in_a_reason_is_seen_in_its_shape() -> None:
    assert without_addresses("No such party: <office@brandt-mt.example>, 404") == (
        "No such party: <o••••@brandt-mt.example>, 404"
    )


def test_a_word_as_long_as_a_form_may_be_is_read_once() -> None:
    """Looked through from each of its letters it would take hours."""
    long = "a" * 2_000_000
    assert personal_hidden(long) == long
    assert personal_hidden(f"{long}@example") == f"{long}@example"
    assert personal_hidden(f"({long}@example.com)") == f"(a{DOTS}@example.com)"
