"""What of a search may be somebody's: it stands in no address, and in no record that is kept for ever."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from controlplane.transactions.search import personal

KEYS = ("customer", "order")


def hidden(text: str) -> str:
    return personal.hidden(text, lambda: KEYS)


def is_personal(text: str) -> bool:
    return personal.is_personal(text, lambda: KEYS)


@pytest.mark.parametrize(
    ("text", "kept_as"),
    [
        ("ada@example.com", "a••••@example.com"),
        ("customer:ada@example.com status:ok", "customer:a••••@example.com status:ok"),
        ('contact:"+43 660 123 45 67"', "contact:••••"),
        ("0660 1234567", "••••"),
        ("status:dead 0660 1234567 after:2h", "status:dead •••• after:2h"),
        ("AT61 1904 3002 3457 3201", "••••"),
        ("AT611904300234573201", "••••"),
        ("4500012345", "••••"),
        ('text:"Anna Huber"', "text:••••"),
        ("text:huber", "text:••••"),
        ("-text:huber", "-text:••••"),
        ('"Anna Huber"', "••••"),
        ("Huber", "••••"),
        ("C-1042,Huber", "••••"),
        ('customer:"Anna Huber"', "customer:••••"),
        ('text:"never closed', "text:••••"),
        ("name:Schmidt", "name:••••"),
        ("-kunde:Müller,C-1042 status:failed", "-kunde:•••• status:failed"),
        ("custmer:Schmidt", "custmer:••••"),
        ("konto:4500012345", "konto:••••"),
    ],
)
def test_what_may_be_somebody_s_is_hidden(text: str, kept_as: str) -> None:
    assert hidden(text) == kept_as
    assert is_personal(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "customer:C-1042",
        "customer:Schmidt",
        "state:failed",
        "C-1042",
        "cus_R7v2,INV-2026-0001",
        "order:4500012345",
        "failed",
        'step:"Post the paid invoice"',
        "on:2026-11-23 before:2026-11-24T14:30",
        "amount:>1000000eur",
        "id:019ab3c0-0000-7000-8000-000000000001",
        "019ab3c0-0000-7000-8000-000000000001",
        "4bf92f3577b34da6a3ce929d0e0e4736",
        "custmer:C-1042",
        "-status:ok   is:open",
    ],
)
def test_ids_keys_and_names_of_the_catalogue_stay(text: str) -> None:
    assert hidden(text) == " ".join(text.split())
    assert not is_personal(text)


@given(st.text(max_size=40))
def test_any_text_can_be_kept_and_what_is_hidden_stays_so(text: str) -> None:
    once = hidden(text)
    assert hidden(once) == once
