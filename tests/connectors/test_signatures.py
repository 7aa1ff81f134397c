"""What holds for every signature scheme: who is believed, who is not, and that junk is only ever refused."""

from __future__ import annotations

import contextlib
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.messages import Request, Secret
from connectors.signatures import SCHEMES, Reason, SignatureError, Verified, verify
from tests.connectors.senders import BODY, NOW, SENDERS, URL, Sender

ALL = pytest.mark.parametrize("sender", SENDERS.values(), ids=SENDERS)
SECRET = [name for name in SENDERS if name != "mtls"]
KEYED = pytest.mark.parametrize("sender", [SENDERS[name] for name in SECRET], ids=SECRET)
TIMED = pytest.mark.parametrize(
    "sender", [sender for sender in SENDERS.values() if sender.timed], ids=[n for n, s in SENDERS.items() if s.timed]
)


def believed(sender: Sender, request: Request, *keys: str, now: datetime = NOW) -> Verified:
    secrets = [Secret(key) for key in keys or (sender.key,)]
    return verify(sender.scheme, request, secrets, sender.settings, now)


def refused(sender: Sender, request: Request, *keys: str, now: datetime = NOW) -> Reason:
    with pytest.raises(SignatureError) as error:
        believed(sender, request, *keys, now=now)
    assert error.value.status == (400 if error.value.reason is Reason.MALFORMED else 401)
    assert str(error.value) == error.value.reason.value
    return error.value.reason


def test_every_scheme_has_a_sender_here_and_none_believes_everybody() -> None:
    assert {sender.scheme for sender in SENDERS.values()} == set(SCHEMES)
    assert not {"none", "open", "", "anybody"} & set(SCHEMES)


def test_a_scheme_says_whether_it_has_a_replay_window() -> None:
    assert {sender.scheme for sender in SENDERS.values() if sender.timed} == {
        name for name, scheme in SCHEMES.items() if scheme.replay_window
    }


@ALL
def test_a_rightly_signed_request_is_believed(sender: Sender) -> None:
    verdict = believed(sender, sender.signed())
    assert (verdict.scheme, verdict.secret_index, verdict.sender_id) == (sender.scheme, 0, sender.sender_id)
    assert verdict.signed_at == (NOW if sender.timed else None)


@ALL
def test_an_empty_body_can_be_signed_too(sender: Sender) -> None:
    assert believed(sender, sender.signed(body=b"")).secret_index == 0


@pytest.mark.parametrize("body", [BODY + b" ", b"", BODY[:-1], BODY.replace(b"7", b"8")])
@pytest.mark.parametrize("name", [name for name, sender in SENDERS.items() if sender.over_body])
def test_another_body_is_not_believed(name: str, body: bytes) -> None:
    sender = SENDERS[name]
    request = sender.signed()
    changed = Request(request.method, request.url, request.headers, body)
    if name == "twilio" and not body:
        # Without a body, Twilio's signature over the URL is all that there is.
        assert believed(sender, changed).secret_index == 0
    else:
        assert refused(sender, changed) is Reason.MISMATCH


@ALL
def test_another_secret_is_not_believed(sender: Sender) -> None:
    assert refused(sender, sender.signed(sender.other_key)) is Reason.MISMATCH


@KEYED
def test_either_of_two_secrets_may_sign_while_one_replaces_the_other(sender: Sender) -> None:
    keys = (sender.key, sender.other_key)
    assert believed(sender, sender.signed(sender.key), *keys).secret_index == 0
    assert believed(sender, sender.signed(sender.other_key), *keys).secret_index == 1


@KEYED
def test_an_unusable_secret_does_not_hide_the_one_behind_it(sender: Sender) -> None:
    assert believed(sender, sender.signed(), "", sender.key).secret_index == 1


@KEYED
@pytest.mark.parametrize("keys", [[], [""], ["", ""]])
def test_without_a_usable_secret_nobody_is_believed(sender: Sender, keys: list[str]) -> None:
    with pytest.raises(SignatureError) as error:
        verify(sender.scheme, sender.signed(), [Secret(key) for key in keys], sender.settings, NOW)
    assert error.value.reason is Reason.NO_SECRET


@ALL
@pytest.mark.parametrize("value", [None, "", "   "])
def test_a_request_without_a_signature_is_not_believed(sender: Sender, value: str | None) -> None:
    assert refused(sender, sender.with_proof(value)) is Reason.MISSING


@ALL
@pytest.mark.parametrize("junk", ["x" * 20_000, "a," * 9000])
def test_a_huge_signature_is_malformed(sender: Sender, junk: str) -> None:
    assert refused(sender, sender.with_proof(junk)) is Reason.MALFORMED


@pytest.mark.parametrize("name", [name for name, sender in SENDERS.items() if sender.over_body])
@pytest.mark.parametrize("junk", ["!", "é", "=", "\udc80", "١٢٣", "v1;", "v1=!", "v0=?", "sha256=!", "t=!,v1=!"])
def test_a_signature_that_cannot_be_read_is_malformed(name: str, junk: str) -> None:
    assert refused(SENDERS[name], SENDERS[name].with_proof(junk)) is Reason.MALFORMED


@TIMED
@pytest.mark.parametrize(
    ("age", "reason"),
    [(301, Reason.STALE), (86_400 * 400, Reason.STALE), (-301, Reason.FUTURE), (-86_400 * 400, Reason.FUTURE)],
)
def test_a_request_from_another_time_is_not_believed(sender: Sender, age: int, reason: Reason) -> None:
    assert refused(sender, sender.signed(now=NOW - timedelta(seconds=age))) is reason


@TIMED
@pytest.mark.parametrize("age", [300, 299, 0, -299, -300])
def test_within_the_window_either_way_it_is(sender: Sender, age: int) -> None:
    assert believed(sender, sender.signed(now=NOW - timedelta(seconds=age))).secret_index == 0


@TIMED
def test_the_window_is_a_setting(sender: Sender) -> None:
    request = sender.signed(now=NOW - timedelta(seconds=20))
    narrow = {**sender.settings, "tolerance": 10}
    with pytest.raises(SignatureError) as error:
        verify(sender.scheme, request, [Secret(sender.key)], narrow, NOW)
    assert error.value.reason is Reason.STALE


@TIMED
@pytest.mark.parametrize("tolerance", [-1, float("nan"), float("inf"), "300", None, True, 10**9])
def test_a_window_that_is_none_believes_nobody(sender: Sender, tolerance: object) -> None:
    with pytest.raises(SignatureError) as error:
        verify(sender.scheme, sender.signed(), [Secret(sender.key)], {**sender.settings, "tolerance": tolerance}, NOW)
    assert error.value.reason is Reason.UNSUPPORTED


@TIMED
def test_a_wrong_signature_is_a_mismatch_however_old_it_is(sender: Sender) -> None:
    assert refused(sender, sender.signed(sender.other_key, NOW - timedelta(days=9))) is Reason.MISMATCH


WITH_TIME_HEADER = [name for name, sender in SENDERS.items() if sender.time_header]


@pytest.mark.parametrize("name", WITH_TIME_HEADER)
def test_the_time_is_signed(name: str) -> None:
    sender = SENDERS[name]
    later = sender.signed(now=NOW + timedelta(seconds=2)).headers[sender.time_header]
    assert refused(sender, sender.altered(**{sender.time_header.replace("-", "_"): later})) is Reason.MISMATCH
    assert refused(sender, sender.altered(**{sender.time_header.replace("-", "_"): None})) is Reason.MISSING


@pytest.mark.parametrize("name", WITH_TIME_HEADER)
@pytest.mark.parametrize(
    "junk",
    ["now", "-1", "1e9", "NaN", "١٦٣", "99999999999999999999", "2026-13-01T00:00:00Z", "2026-11-21T12:00:00", "\udc80"],
)
def test_a_time_that_cannot_be_read_is_malformed(name: str, junk: str) -> None:
    sender = SENDERS[name]
    assert refused(sender, sender.altered(**{sender.time_header.replace("-", "_"): junk})) is Reason.MALFORMED


IDS = [(name, header) for name, sender in SENDERS.items() for header in sender.headers if header != "content-type"]


@pytest.mark.parametrize(("name", "header"), [pair for pair in IDS if pair[1] != "x-shopify-webhook-id"])
@pytest.mark.parametrize("junk", ["a b", "é", "x" * 256, "a\tb", "\udc80"])
def test_an_id_that_no_sender_would_write_is_malformed(name: str, header: str, junk: str) -> None:
    sender = SENDERS[name]
    assert refused(sender, sender.altered(**{header.replace("-", "_"): junk})) is Reason.MALFORMED


def test_an_unknown_scheme_believes_nobody() -> None:
    for scheme in ("none", "", "Stripe", "hmac "):
        with pytest.raises(SignatureError) as error:
            verify(scheme, Request("POST", URL, {}, b""), [Secret("a")], {}, NOW)
        assert error.value.reason is Reason.UNSUPPORTED


# -- junk ------------------------------------------------------------------------------------------------------

TEXT = st.text(st.characters(), max_size=60) | st.text("0123456789abcdefv=,. :+/tsh{}-%&?\x00\udc80é", max_size=80)
PROOFS = sorted({sender.proof for sender in SENDERS.values()} | {s.time_header for s in SENDERS.values()} - {""})
IDENTIFIERS = sorted({header for sender in SENDERS.values() for header in sender.headers} | {"svix-signature"})
VALUES = TEXT | st.sampled_from(
    ["t=1,v1=aa", "v1,AAAA", "sha256=ab", "v0=ab", "Bearer x", "Basic YTpi", ":AAAA:", "1763726400"]
)


@settings(max_examples=30, deadline=None)
@given(
    headers=st.dictionaries(st.sampled_from([*PROOFS, *IDENTIFIERS]), VALUES, max_size=8),
    body=st.binary(max_size=80),
    url=TEXT | st.just(URL),
    peer=TEXT | st.just("10.0.0.7"),
)
@pytest.mark.parametrize("name", SENDERS)
def test_no_junk_in_a_request_is_believed_or_raises_anything_else(
    name: str, headers: dict[str, str], body: bytes, url: str, peer: str
) -> None:
    sender = SENDERS[name]
    with pytest.raises(SignatureError):
        verify(sender.scheme, Request("POST", url, headers, body, peer), [Secret(sender.key)], sender.settings, NOW)


@settings(max_examples=25, deadline=None)
@given(data=st.data())
@pytest.mark.parametrize("name", SENDERS)
def test_a_signed_request_with_any_header_spoilt_never_raises_anything_else(name: str, data: st.DataObject) -> None:
    sender = SENDERS[name]
    request = sender.signed()
    header = data.draw(st.sampled_from(sorted(request.headers)))
    spoilt = Request(request.method, request.url, {**request.headers, header: data.draw(VALUES)}, BODY, request.peer)
    with contextlib.suppress(SignatureError):
        assert believed(sender, spoilt).scheme == sender.scheme


ANYTHING: st.SearchStrategy[Any] = (
    st.none() | st.booleans() | st.integers() | st.floats() | TEXT | st.lists(TEXT, max_size=2) | st.just({})
)
SETTING_NAMES = sorted({name for scheme in SCHEMES.values() for name in scheme.settings})


@settings(max_examples=30, deadline=None)
@given(given_settings=st.dictionaries(st.sampled_from(SETTING_NAMES), ANYTHING, max_size=6), key=TEXT)
@pytest.mark.parametrize("name", SENDERS)
def test_no_junk_in_settings_or_secrets_raises_anything_else(
    name: str, given_settings: dict[str, object], key: str
) -> None:
    sender = SENDERS[name]
    with contextlib.suppress(SignatureError):
        verdict = verify(sender.scheme, sender.signed(), [Secret(key)], {**sender.settings, **given_settings}, NOW)
        assert verdict.scheme == sender.scheme
