"""What is particular to one scheme."""

from __future__ import annotations

import base64
import hashlib
import hmac
from dataclasses import replace
from typing import Any

import pytest

from connectors.messages import Request, Secret
from connectors.signatures import Reason, SignatureError, Verified, sign, verify
from tests.connectors.senders import BODY, NOW, SENDERS, URL

STANDARD = SENDERS["standard_webhooks"]
MTLS = SENDERS["mtls"]
DER = b"0\x82\x01\x0a not really a certificate, but its bytes"
DIGEST = hashlib.sha256(DER).hexdigest()


def judged(scheme: str, request: Request, key: str, settings: dict[str, Any] | None = None) -> Verified | Reason:
    try:
        return verify(scheme, request, [Secret(key)], settings or {}, NOW)
    except SignatureError as error:
        return error.reason


# -- several signatures in one header ------------------------------------------------------------------


def test_stripe_signs_with_both_secrets_while_one_replaces_the_other() -> None:
    sender = SENDERS["stripe"]
    old, new = (sender.signed(key).headers["stripe-signature"] for key in (sender.key, sender.other_key))
    both = f"{old},{new.partition(',')[2]},v0=abcd,junk,v1=zz"
    assert isinstance(judged("stripe", sender.with_proof(both), sender.other_key), Verified)


def test_two_times_in_one_stripe_header_are_malformed() -> None:
    sender = SENDERS["stripe"]
    proof = sender.signed().headers["stripe-signature"]
    assert judged("stripe", sender.with_proof(f"t=1,{proof}"), sender.key) is Reason.MALFORMED
    assert judged("stripe", sender.with_proof(f"{proof},t=1"), sender.key) is Reason.MALFORMED


def test_stripes_test_scheme_is_not_believed() -> None:
    sender = SENDERS["stripe"]
    proof = sender.signed().headers["stripe-signature"].replace("v1=", "v0=")
    assert judged("stripe", sender.with_proof(proof), sender.key) is Reason.MALFORMED


@pytest.mark.parametrize("name", ["github", "shopify", "slack", "stripe", "hmac with a time"])
def test_a_repeated_header_that_a_proxy_joined_is_still_read(name: str) -> None:
    sender = SENDERS[name]
    proof = sender.signed().headers[sender.proof]
    request = sender.with_proof(f"junk, {proof}")
    verdict = verify(sender.scheme, request, [Secret(sender.key)], sender.settings, NOW)
    assert verdict.secret_index == 0


def test_an_asymmetric_standard_webhook_is_said_to_be_one() -> None:
    assert judged("standard_webhooks", STANDARD.with_proof("v1a,AAAA"), STANDARD.key) is Reason.ASYMMETRIC


def test_the_id_of_a_standard_webhook_is_signed() -> None:
    assert judged("standard_webhooks", STANDARD.altered(webhook_id="msg_2"), STANDARD.key) is Reason.MISMATCH
    assert judged("standard_webhooks", STANDARD.altered(webhook_id=None), STANDARD.key) is Reason.MISSING


@pytest.mark.parametrize("key", ["MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", " whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\n"])
def test_a_standard_secret_may_lack_its_prefix_or_have_space_around_it(key: str) -> None:
    assert isinstance(judged("standard_webhooks", STANDARD.signed(), key), Verified)


def test_a_standard_secret_that_is_no_base64_is_no_secret() -> None:
    assert judged("standard_webhooks", STANDARD.signed(), "whsec_not base64!") is Reason.NO_SECRET
    with pytest.raises(SignatureError) as error:
        sign("standard_webhooks", STANDARD.request(), Secret("whsec_!"), {}, NOW)
    assert error.value.reason is Reason.NO_SECRET


def test_signing_makes_an_id_where_the_request_has_none() -> None:
    request = replace(STANDARD.request(), headers={})
    first, second = (sign("standard_webhooks", request, Secret(STANDARD.key), {}, NOW) for _ in range(2))
    assert first.headers["webhook-id"].startswith("msg_")
    assert first.headers["webhook-id"] != second.headers["webhook-id"]


# -- GitHub, Shopify, HubSpot, Twilio ------------------------------------------------------------------


def test_githubs_older_sha1_header_is_not_believed() -> None:
    request = SENDERS["github"].altered(
        x_hub_signature_256=None, x_hub_signature="sha1=01dc10d0c83e72ed246219cdd91669667fe2ca59"
    )
    assert judged("github", request, "one") is Reason.MISSING


def test_a_shopify_event_without_an_event_id_falls_back_to_the_webhooks_id() -> None:
    verdict = judged("shopify", SENDERS["shopify"].altered(x_shopify_event_id=None), "hush")
    assert isinstance(verdict, Verified)
    assert verdict.sender_id == "b54557e4"


def test_the_sender_cannot_choose_hubspots_weaker_version() -> None:
    weak = SENDERS["hubspot v1"].signed()
    assert judged("hubspot", weak, "one") is Reason.MISSING
    assert judged("hubspot", weak, "one", {"version": "v2"}) is Reason.MISMATCH
    assert judged("hubspot", weak, "one", {"version": "v4"}) is Reason.UNSUPPORTED


def test_hubspot_signs_method_and_address() -> None:
    request = SENDERS["hubspot"].signed()
    assert judged("hubspot", replace(request, method="PUT"), "one") is Reason.MISMATCH
    assert judged("hubspot", replace(request, url=URL + "&c=1"), "one") is Reason.MISMATCH


def test_hubspots_own_library_signs_the_address_as_it_is() -> None:
    sender = SENDERS["hubspot"]
    decoded = replace(sender.request(), url=URL.replace("%2F", "/"))
    over_decoded = sign("hubspot", decoded, Secret("one"), {}, NOW)
    assert isinstance(judged("hubspot", replace(over_decoded, url=URL), "one"), Verified)
    assert isinstance(judged("hubspot", over_decoded, "one"), Verified)


def test_a_twilio_body_that_is_no_form_needs_its_digest_in_the_address() -> None:
    request = SENDERS["twilio"].signed()
    assert judged("twilio", replace(request, url=URL), "12345") is Reason.MISSING
    doubled = replace(request, url=f"{URL}&bodySHA256=00&bodySHA256={hashlib.sha256(BODY).hexdigest()}")
    assert judged("twilio", doubled, "12345") is Reason.MISMATCH


def test_a_twilio_form_with_too_many_fields_or_no_text_is_malformed() -> None:
    sender = SENDERS["twilio form"]
    for body in (b"a=1&" * 2000, b"a=\xff\xfe"):
        assert judged("twilio", replace(sender.signed(), body=body), "12345") is Reason.MALFORMED


# -- generic HMAC ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"header": ""},
        {"header": 7},
        {"header": "x", "algorithm": "md5"},
        {"header": "x", "encoding": "base32"},
        {"header": "x", "template": "{timestamp}"},
        {"header": "x", "template": "{body}{timestamp}"},
        {"header": "x", "template": "{body}", "timestamp_header": "x-time"},
        {"header": "x", "template": "{id}{body}"},
        {"header": "x", "template": "{body}{secret}"},
        {"header": "x", "template": "constant"},
        {"header": "x", "timestamp_format": "rfc2822"},
        {"header": "x", "key_encoding": "rot13"},
    ],
)
def test_settings_that_would_sign_nothing_of_use_are_unsupported(settings: dict[str, Any]) -> None:
    assert judged("hmac", SENDERS["hmac"].signed(), "one", settings) is Reason.UNSUPPORTED


@pytest.mark.parametrize("algorithm", ["sha1", "sha256", "sha384", "sha512"])
@pytest.mark.parametrize("encoding", ["hex", "base64", "base64url"])
def test_every_algorithm_and_encoding(algorithm: str, encoding: str) -> None:
    settings = {"header": "x-sig", "algorithm": algorithm, "encoding": encoding}
    request = sign("hmac", Request("POST", URL, {}, BODY), Secret("k"), settings, NOW)
    assert isinstance(judged("hmac", request, "k", settings), Verified)
    assert judged("hmac", request, "j", settings) is Reason.MISMATCH


def test_a_brace_in_the_body_is_no_field() -> None:
    settings = {"header": "x-sig", "template": "{method} {body}"}
    request = sign("hmac", Request("POST", URL, {}, b"{url}{body}{"), Secret("k"), settings, NOW)
    assert request.headers["x-sig"] == hmac.digest(b"k", b"POST {url}{body}{", "sha256").hex()
    assert isinstance(judged("hmac", request, "k", settings), Verified)


# -- token and password --------------------------------------------------------------------------------------


def test_a_token_in_the_query() -> None:
    settings = {"parameter": "key"}
    request = sign("shared_token", Request("POST", URL, {}, BODY), Secret("t0 k&n"), settings, NOW)
    assert request.url == URL + "&key=t0%20k%26n"
    assert isinstance(judged("shared_token", request, "t0 k&n", settings), Verified)
    assert judged("shared_token", request, "t0 k", settings) is Reason.MISMATCH
    assert judged("shared_token", replace(request, url=URL), "t", settings) is Reason.MISSING
    assert judged("shared_token", replace(request, url=URL + "&key="), "t", settings) is Reason.MISSING
    assert judged("shared_token", replace(request, url=URL + "&key=t&key=u"), "t", settings) is Reason.MALFORMED
    assert judged("shared_token", replace(request, url="http://["), "t", settings) is Reason.MALFORMED
    assert judged("shared_token", replace(request, url="/?" + "a=1&" * 300), "t", settings) is Reason.MALFORMED


def test_a_bearer_token_needs_its_word() -> None:
    sender = SENDERS["shared_token"]
    assert isinstance(judged("shared_token", sender.with_proof("bearer t0k3n"), "t0k3n"), Verified)
    assert judged("shared_token", sender.with_proof("t0k3n"), "t0k3n") is Reason.MALFORMED
    assert judged("shared_token", sender.with_proof("Basic t0k3n"), "t0k3n") is Reason.MALFORMED


@pytest.mark.parametrize("value", ["Basic", "Basic ", "Basic !!!", "Basic YQ==", "Bearer YTpi", "Basic é"])
def test_a_password_that_cannot_be_read_is_malformed(value: str) -> None:
    assert judged("basic", SENDERS["basic"].with_proof(value), "ada:pass") is Reason.MALFORMED


def test_a_password_in_another_alphabet() -> None:
    value = base64.b64encode("änne:größe".encode()).decode()
    assert isinstance(judged("basic", SENDERS["basic"].with_proof(f"BASIC {value}"), "änne:größe"), Verified)


# -- client certificates -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("peer", "believed"),
    [
        ("10.0.0.7", True),
        ("::ffff:10.0.0.7", True),
        ("fd00::9", True),
        ("10.0.1.7", False),
        ("127.0.0.1", False),
        ("", False),
        ("unix:", False),
        ("fd01::9", False),
    ],
)
def test_a_certificate_header_is_believed_only_from_a_trusted_proxy(peer: str, believed: bool) -> None:
    verdict = judged("mtls", replace(MTLS.signed(), peer=peer), "unused", dict(MTLS.settings))
    assert isinstance(verdict, Verified) is believed
    assert believed or verdict is Reason.UNTRUSTED_PROXY


def test_without_trusted_proxies_nobody_is_believed() -> None:
    assert judged("mtls", MTLS.signed(), "unused", {"allowed": MTLS.settings["allowed"]}) is Reason.UNTRUSTED_PROXY
    networks = {**MTLS.settings, "trusted_proxies": ["10.0.0.0/99"]}
    assert judged("mtls", MTLS.signed(), "unused", networks) is Reason.UNSUPPORTED


def test_without_an_allowed_certificate_nobody_is_believed() -> None:
    for allowed in ([], [""], ["zz"]):
        settings = {**MTLS.settings, "allowed": allowed}
        assert judged("mtls", MTLS.signed(), "unused", settings) is Reason.NO_SECRET


@pytest.mark.parametrize("shown", ["AB" * 32, ":".join(["ab"] * 32), ":".join(["AB"] * 32)])
def test_a_fingerprint_is_read_however_the_proxy_writes_it(shown: str) -> None:
    assert isinstance(judged("mtls", MTLS.with_proof(shown), "unused", dict(MTLS.settings)), Verified)


def test_the_second_of_two_certificates_is_named() -> None:
    settings = {**MTLS.settings, "allowed": ["cd" * 32, "ab" * 32]}
    verdict = judged("mtls", MTLS.signed(), "unused", settings)
    assert isinstance(verdict, Verified)
    assert verdict.secret_index == 1


@pytest.mark.parametrize(
    ("form", "allowed", "shown", "reason"),
    [
        ("subject", "CN=erp,O=Acme", "CN=erp,O=Acme", None),
        ("subject", "CN=erp,O=Acme", "CN=erp, O=Acme", Reason.MISMATCH),
        ("subject", "CN=erp,O=Acme", "CN=erp,O=Acme,OU=x", Reason.MISMATCH),
        ("certificate", DIGEST, f":{base64.b64encode(DER).decode()}:", None),
        ("certificate", DIGEST, base64.b64encode(DER).decode(), Reason.MALFORMED),
        ("certificate", DIGEST, f":{base64.b64encode(DER + b'x').decode()}:", Reason.MISMATCH),
        ("certificate", DIGEST, "::", Reason.MALFORMED),
        ("fingerprint", DIGEST, "not hex", Reason.MALFORMED),
        ("portrait", DIGEST, DIGEST, Reason.UNSUPPORTED),
    ],
)
def test_the_forms_of_a_certificate_header(form: str, allowed: str, shown: str, reason: Reason | None) -> None:
    settings = {**MTLS.settings, "form": form, "allowed": [allowed], "header": "X-Cert"}
    request = replace(MTLS.request(), headers={"x-cert": shown})
    verdict = judged("mtls", request, "unused", settings)
    assert verdict is reason if reason else isinstance(verdict, Verified)


def test_a_certificate_that_the_proxy_did_not_verify_is_not_believed() -> None:
    settings = {**MTLS.settings, "outcome_header": "X-Verify"}
    assert judged("mtls", MTLS.signed(), "unused", settings) is Reason.MISSING
    assert judged("mtls", MTLS.altered(x_verify="NONE"), "unused", settings) is Reason.MISMATCH
    assert isinstance(judged("mtls", MTLS.altered(x_verify="SUCCESS"), "unused", settings), Verified)
