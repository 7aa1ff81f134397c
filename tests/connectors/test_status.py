"""HTTP status → what to do next, as a table; and how long to wait."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.errors import AuthFailed, ConnectorError, ContractBroken, RateLimited, Refused, Rejected, Transient
from connectors.status import error_for, rest_asked, retry_after
from connectors.transport import Response

NOW = datetime(2026, 11, 21, 12, 0, 0, tzinfo=UTC)


def answer(status: int, headers: dict[str, str] | None = None, body: bytes = b"") -> Response:
    return Response(status, headers or {}, body, "https://api.example/", 0.1)


@pytest.mark.parametrize("status", [200, 201, 202, 204, 206, 299])
def test_success_is_no_error(status: int) -> None:
    assert error_for(answer(status)) is None


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (301, Refused),
        (302, Refused),
        (304, Refused),
        (308, Refused),
        (400, Rejected),
        (401, AuthFailed),
        (402, Rejected),
        (403, AuthFailed),
        (404, Rejected),
        (405, Rejected),
        (407, AuthFailed),
        (408, Transient),
        (409, Rejected),
        (410, Rejected),
        (412, Rejected),
        (413, Rejected),
        (415, Rejected),
        (418, Rejected),
        (421, Transient),
        (422, Rejected),
        (423, Transient),
        (425, Transient),
        (429, RateLimited),
        (431, Rejected),
        (451, Rejected),
        (499, Rejected),
        (500, Transient),
        (501, Rejected),
        (502, Transient),
        (503, Transient),
        (504, Transient),
        (505, Rejected),
        (507, Transient),
        (511, Refused),
        (520, Transient),
        (599, Transient),
        (101, ContractBroken),
        (600, ContractBroken),
        (999, ContractBroken),
    ],
)
def test_each_status_says_what_to_do(status: int, expected: type[ConnectorError]) -> None:
    error = error_for(answer(status, body=b"why"))
    assert type(error) is expected
    assert error is not None
    assert (error.status, error.body) == (status, b"why")


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"ratelimit-remaining": "0", "ratelimit-reset": "30"}, 30),
        ({"x-ratelimit-remaining": "0", "x-ratelimit-reset": "12"}, 12),
        ({"x-ratelimit-remaining": "0", "x-ratelimit-reset": str(int(NOW.timestamp()) + 45)}, 45),
        ({"x-ratelimit-remaining": "0", "x-ratelimit-reset": str(int(NOW.timestamp()) - 45)}, 0),
        ({"x-ratelimit-remaining": "0", "x-ratelimit-reset": "999999999"}, 86_400),
        ({"x-ratelimit-remaining": "1", "x-ratelimit-reset": "30"}, None),
        ({"x-ratelimit-remaining": "0"}, None),
        ({"x-ratelimit-remaining": "0", "x-ratelimit-reset": "-5"}, None),
        ({"x-ratelimit-remaining": "0", "x-ratelimit-reset": "soon"}, None),
        ({"x-ratelimit-remaining": "nothing", "x-ratelimit-reset": "30"}, None),
        ({}, None),
    ],
)
def test_an_allowance_that_is_used_up_says_for_how_long(headers: dict[str, str], seconds: float | None) -> None:
    assert rest_asked(headers, NOW) == seconds


SOON = str(int(NOW.timestamp()) + 45)


@pytest.mark.parametrize(
    ("status", "headers", "seconds"),
    [
        (429, {"x-ratelimit-reset": "30"}, 30.0),
        (429, {"x-ratelimit-reset": SOON}, 45.0),
        (429, {"x-ratelimit-remaining": "0", "x-ratelimit-reset": SOON}, 45.0),
        (429, {"ratelimit-remaining": "0", "ratelimit-reset": "7"}, 7.0),
        (429, {"retry-after": "3", "x-ratelimit-remaining": "0", "x-ratelimit-reset": "30"}, 3.0),
        (429, {"x-ratelimit-reset": "999999999"}, 86_400.0),
        (429, {"x-ratelimit-remaining": "4", "x-ratelimit-reset": "30"}, None),
        (429, {"x-ratelimit-reset": "soon"}, None),
        (503, {"x-ratelimit-remaining": "0", "x-ratelimit-reset": "30"}, 30.0),
        (503, {"x-ratelimit-reset": "30"}, None),
    ],
)
def test_a_vendor_that_says_when_its_allowance_is_renewed_is_waited_for(
    status: int, headers: dict[str, str], seconds: float | None
) -> None:
    error = error_for(answer(status, headers), now=lambda: NOW)
    assert isinstance(error, Transient)
    assert error.retry_after == seconds


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"x-ratelimit-remaining": "0", "x-ratelimit-reset": SOON}, 45.0),
        ({"x-ratelimit-remaining": "0"}, None),
        ({"retry-after": "60"}, 60.0),
        ({"retry-after": "60", "x-ratelimit-remaining": "12", "x-ratelimit-reset": SOON}, 60.0),
    ],
)
def test_a_403_that_is_about_the_allowance_asks_to_slow_down_and_accuses_no_credential(
    headers: dict[str, str], seconds: float | None
) -> None:
    error = error_for(answer(403, headers), now=lambda: NOW)
    assert isinstance(error, RateLimited)
    assert (error.retry_after, error.reason) == (seconds, "the system answered 403 (too many requests)")


def test_a_403_with_room_left_is_a_refused_credential() -> None:
    assert type(error_for(answer(403, {"x-ratelimit-remaining": "12", "x-ratelimit-reset": SOON}))) is AuthFailed


def test_the_vendors_words_replace_ours() -> None:
    error = error_for(answer(422), reason="the tax id is not valid", detail="tax_id_invalid")
    assert error is not None
    assert (error.reason, error.detail, error.code) == ("the tax id is not valid", "tax_id_invalid", "rejected")


def test_our_words_name_the_status() -> None:
    error = error_for(answer(503))
    assert error is not None
    assert error.reason == "the system answered 503 (it cannot serve the request now)"


@pytest.mark.parametrize("status", [408, 429, 500, 503])
def test_the_wait_that_the_system_asks_for_is_kept(status: int) -> None:
    error = error_for(answer(status, {"retry-after": "17"}), now=lambda: NOW)
    assert isinstance(error, Transient)
    assert error.retry_after == 17.0


@pytest.mark.parametrize(
    ("raw", "seconds"),
    [
        ("0", 0.0),
        ("1", 1.0),
        (" 120 ", 120.0),
        ("1.5", 1.5),
        ("86400", 86_400.0),
        ("86401", 86_400.0),
        ("999999999999", 86_400.0),
        ("Sat, 21 Nov 2026 12:00:30 GMT", 30.0),
        ("Saturday, 21-Nov-26 12:00:30 GMT", 30.0),
        ("Sat Nov 21 12:00:30 2026", 30.0),
        ("Sat, 21 Nov 2026 13:00:30 +0100", 30.0),
        ("Sat, 21 Nov 2026 11:00:00 GMT", 0.0),
        ("Mon, 01 Jan 2126 00:00:00 GMT", 86_400.0),
        ("Fri, 31 Dec 9999 23:59:59 GMT", 86_400.0),
        ("", None),
        ("-1", None),
        ("+5", None),
        ("1e3", None),
        ("NaN", None),
        ("inf", None),
        ("soon", None),
        ("٣", None),
        ("9999999999999999", None),
        ("Sat, 41 Nov 2026 12:00:30 GMT", None),
        ("Sat, 21 Nov 99999 12:00:30 GMT", None),
        ("x" * 100_000, None),
    ],
)
def test_retry_after(raw: str, seconds: float | None) -> None:
    assert retry_after({"retry-after": raw}, NOW) == seconds


def test_without_the_header_the_callers_own_back_off_applies() -> None:
    assert retry_after({}, NOW) is None


@given(st.text())
def test_no_junk_in_the_header_raises(raw: str) -> None:
    wait = retry_after({"retry-after": raw}, NOW)
    assert wait is None or 0 <= wait <= 86_400
