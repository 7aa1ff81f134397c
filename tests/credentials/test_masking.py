"""What a destination shows of our own secrets is masked, in every form in which they travel."""

from __future__ import annotations

import base64
import json
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.messages import Secret
from controlplane.credentials.masking import masked, masked_bytes

PASSWORD = 'hunter2/"+ü\\ &=x'
SECRETS = [Secret("sk_live_51HxKey"), Secret(PASSWORD)]


@pytest.mark.parametrize(
    ("shown", "kept"),
    [
        ("", ""),
        ("nothing of ours", "nothing of ours"),
        ("Authorization: Bearer sk_live_51HxKey", "Authorization: Bearer •••"),
        (f"password={PASSWORD} twice {PASSWORD}", "password=••• twice •••"),
        (json.dumps({"password": PASSWORD}), '{"password": "•••"}'),
        (json.dumps({"password": PASSWORD}, ensure_ascii=False), '{"password": "•••"}'),
        (f"/hook?token={quote(PASSWORD, safe='')}&a=1", "/hook?token=•••&a=1"),
        (f"/hook?token={quote_plus(PASSWORD)}&a=1", "/hook?token=•••&a=1"),
    ],
)
def test_each_form_is_masked(shown: str, kept: str) -> None:
    assert masked(shown, SECRETS) == kept


@pytest.mark.parametrize("user", ["", "a", "ab", "abc", "interlock"])
def test_a_password_of_http_basic_cannot_be_read_back(user: str) -> None:
    sent = base64.b64encode(f"{user}:{PASSWORD}".encode()).decode()

    shown = masked(f"Authorization: Basic {sent}", SECRETS)

    assert "•••" in shown
    left = shown.removeprefix("Authorization: Basic ").replace("•••", "")
    assert len(left) <= len(f"{user}:") * 4 / 3 + 5


@given(st.binary(), st.text(min_size=6), st.binary())
def test_a_secret_of_any_kind_in_a_body_of_any_kind_is_gone(before: bytes, value: str, after: bytes) -> None:
    raw = value.encode()

    left = masked_bytes(before + raw + after, [Secret(value)]).split("•••".encode())
    assert not any(raw in part for part in left)


def test_a_secret_so_short_that_it_stands_in_any_text_is_left() -> None:
    assert masked("a 12345 b", [Secret("12345")]) == "a 12345 b"
