"""Signatures that vendors publish, and requests that their own libraries sign."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from standardwebhooks.webhooks import Webhook as StandardWebhook
from stripe import WebhookSignature

from connectors.messages import Request, Secret
from connectors.signatures import Reason, SignatureError, sign, verify

HUBSPOT_SECRET = "yyyyyyyy-yyyy-yyyy-yyyy-yyyyyyyyyyyy"
HUBSPOT_V1_BODY = (
    b'[{"eventId":1,"subscriptionId":12345,"portalId":62515,"occurredAt":1564113600000,'
    b'"subscriptionType":"contact.creation","attemptNumber":0,"objectId":123,"changeSource":"CRM",'
    b'"changeFlag":"NEW","appId":54321}]'
)
SLACK_BODY = (
    b"token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar"
    b"&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text="
    b"&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN"
    b"&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c"
)
TWILIO_URL = "https://mycompany.com/myapp.php?foo=1&bar=2"
TWILIO_FORM = b"CallSid=CA1234567890ABCDE&Caller=%2B14158675309&Digits=1234&From=%2B14158675309&To=%2B18005551212"
TWILIO_JSON = b'{"property": "value", "boolean": true}'
TWILIO_DIGEST = "0a1ff7634d9ab3b95db5c9a2dfe9416e41502b283a80c7cf19632632f96e6620"
FORM = {"content-type": "application/x-www-form-urlencoded"}


def check(
    scheme: str,
    secret: str,
    body: bytes,
    headers: dict[str, str],
    *,
    url: str = "https://www.example.com/webhook_uri",
    method: str = "POST",
    at: float = 0,
    settings: dict[str, Any] | None = None,
) -> str:
    request = Request(method, url, headers, body)
    return verify(scheme, request, [Secret(secret)], settings or {}, datetime.fromtimestamp(at, UTC)).sender_id


def test_github_documentation() -> None:
    """docs.github.com, "Validating webhook deliveries", "Testing the webhook payload validation"."""
    proof = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"
    check("github", "It's a Secret to Everybody", b"Hello, World!", {"x-hub-signature-256": proof})


def test_slack_documentation() -> None:
    """docs.slack.dev, "Verifying requests from Slack"."""
    headers = {
        "x-slack-request-timestamp": "1531420618",
        "x-slack-signature": "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503",
    }
    check("slack", "8f742231b10e8888abcd99yyyzzz85a5", SLACK_BODY, headers, at=1531420618)


@pytest.mark.parametrize("vendor", ["webhook", "svix"])
def test_standard_webhooks_and_svix_documentation(vendor: str) -> None:
    """docs.svix.com, "How to verify webhooks manually"; the same vector under either header name."""
    headers = {
        f"{vendor}-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        f"{vendor}-timestamp": "1614265330",
        f"{vendor}-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }
    secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    body = b'{"test": 2432232314}'
    assert check("standard_webhooks", secret, body, headers, at=1614265330) == "msg_p5jXN8AQM9LWM0D4loKWxJek"


@pytest.mark.parametrize(
    ("settings", "method", "body", "proof"),
    [
        ("v1", "POST", HUBSPOT_V1_BODY, "232db2615f3d666fe21a8ec971ac7b5402d33b9a925784df3ca654d05f4817de"),
        ("v2", "GET", b"", "eee2dddcc73c94d699f5e395f4b9d454a069a6855fbfa152e91e88823087200e"),
        (
            "v2",
            "POST",
            b'{"example_field":"example_value"}',
            "9569219f8ba981ffa6f6f16aa0f48637d35d728c7e4d93d0d52efaa512af7900",
        ),
    ],
)
def test_hubspot_documentation(settings: str, method: str, body: bytes, proof: str) -> None:
    """developers.hubspot.com, "Validating requests", v1 and v2."""
    headers = {"x-hubspot-signature": proof}
    check("hubspot", HUBSPOT_SECRET, body, headers, method=method, settings={"version": settings})


def test_hubspot_v3_of_the_official_library() -> None:
    """hubspot-api-python, tests/spec/utils/test_signature.py."""
    headers = {
        "x-hubspot-signature-v3": "HPW73RUtKmcYoEDADG0s6MmGFWUzWJKAW07r8RDgcQw=",
        "x-hubspot-request-timestamp": "15000000",
    }
    check("hubspot", HUBSPOT_SECRET, b"{'example_field':'example_value'}", headers, at=15_000)


def test_hubspot_v3_signs_the_url_with_its_escapes_undone() -> None:
    """The rule of the page; the digest of the decoded text was made with openssl."""
    headers = {
        "x-hubspot-signature-v3": "RhY4HlKhgErRtRKojSEeT8Ofau4kU9ezsWB/ZOdMJYw=",
        "x-hubspot-request-timestamp": "1700000300000",
    }
    url = "https://www.example.com/hook?a=b%3Ac%2fd"
    check("hubspot", HUBSPOT_SECRET, b'{"x":1}', headers, url=url, at=1_700_000_300)


def test_zendesk_rule() -> None:
    """developer.zendesk.com, "Verifying webhooks": its secret and rule; the digest was made with openssl."""
    headers = {
        "x-zendesk-webhook-signature": "P2iKOs0eFBXbqjyUNxNnoWmoN/cSSkVqIRoRhYZhv5o=",
        "x-zendesk-webhook-signature-timestamp": "2021-03-25T05:09:27Z",
        "x-zendesk-webhook-invocation-id": "8350205582",
    }
    secret = "dGhpc19zZWNyZXRfaXNfZm9yX3Rlc3Rpbmdfb25seQ=="
    at = datetime(2021, 3, 25, 5, 9, 27, tzinfo=UTC).timestamp()
    assert check("zendesk", secret, b'{"say": "hello"}', headers, at=at) == "8350205582"


def test_shopify_rule() -> None:
    """shopify.dev publishes the rule and no vector; the digest was made with openssl."""
    headers = {"x-shopify-hmac-sha256": "ti+e5GAY20GAgR8Nlw8/3AHw9uHKmcUILh1OOpepyJE="}
    check("shopify", "hush", b'{"id":1,"title":"Socks"}', headers)


@pytest.mark.parametrize(
    ("url", "body", "headers", "proof"),
    [
        (TWILIO_URL, TWILIO_FORM, FORM, "RSOYDt4T1cUTdK1PDd93/VVr8B8="),
        (TWILIO_URL.replace(".com", ".com:1234"), TWILIO_FORM, FORM, "RSOYDt4T1cUTdK1PDd93/VVr8B8="),
        (TWILIO_URL, TWILIO_FORM, FORM, "kvajT1Ptam85bY51eRf/AJRuM3w="),
        (TWILIO_URL.replace("https", "http"), TWILIO_FORM, FORM, "0ZXoZLH/DfblKGATFgpif+LLRf4="),
        (
            TWILIO_URL.replace("https", "http").replace(".com", ".com:1234"),
            TWILIO_FORM,
            FORM,
            "Zmvh+3yNM1Phv2jhDCwEM3q5ebU=",
        ),
        (
            TWILIO_URL,
            b"Sid=CA123&SidAccount=AC123&Digits=5678&Digits=1234&Digits=1234",
            FORM,
            "IK+Dwps556ElfBT0I3Rgjkr1wJU=",
        ),
        (f"{TWILIO_URL}&bodySHA256={TWILIO_DIGEST}", TWILIO_JSON, {}, "a9nBmqA0ju/hNViExpshrM61xv4="),
        (
            f"https://mycompany.com/myapp.php?bodySHA256={TWILIO_DIGEST}",
            TWILIO_JSON,
            {},
            "y77kIzt2vzLz71DgmJGsen2scGs=",
        ),
    ],
)
def test_twilio_official_libraries(url: str, body: bytes, headers: dict[str, str], proof: str) -> None:
    """The vectors of twilio-python and twilio-csharp, whose secret is 12345."""
    check("twilio", "12345", body, {**headers, "x-twilio-signature": proof}, url=url)


def test_twilio_json_that_was_changed_is_not_believed() -> None:
    headers = {"x-twilio-signature": "a9nBmqA0ju/hNViExpshrM61xv4="}
    with pytest.raises(SignatureError) as error:
        check("twilio", "12345", b'{"property": "evil"}', headers, url=f"{TWILIO_URL}&bodySHA256={TWILIO_DIGEST}")
    assert error.value.reason is Reason.MISMATCH


# -- official signers ---------------------------------------------------------------------------------------------


def test_what_the_stripe_library_signs_is_believed() -> None:
    header = WebhookSignature.generate_signature_header('{"id": "evt_1"}', "whsec_abc", timestamp=1_763_726_400)
    check("stripe", "whsec_abc", b'{"id": "evt_1"}', {"stripe-signature": header}, at=1_763_726_400)


def test_the_stripe_library_believes_what_we_sign() -> None:
    now = datetime.now(UTC)
    request = sign("stripe", Request("POST", "", {}, b'{"id": "evt_1"}'), Secret("whsec_abc"), {}, now)
    assert WebhookSignature.verify_header('{"id": "evt_1"}', request.headers["stripe-signature"], "whsec_abc", 300)


def test_what_the_standard_webhooks_library_signs_is_believed() -> None:
    signer = StandardWebhook("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    at = datetime.fromtimestamp(1_763_726_400, UTC)
    headers = {
        "webhook-id": "msg_1",
        "webhook-timestamp": "1763726400",
        "webhook-signature": signer.sign("msg_1", at, '{"größe": 7}'),
    }
    secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    assert check("standard_webhooks", secret, '{"größe": 7}'.encode(), headers, at=1_763_726_400) == "msg_1"


def test_the_standard_webhooks_library_believes_what_we_sign() -> None:
    secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    request = sign("standard_webhooks", Request("POST", "", {}, b'{"a": 1}'), Secret(secret), {}, datetime.now(UTC))
    assert StandardWebhook(secret).verify(request.body, dict(request.headers)) == {"a": 1}


@pytest.mark.parametrize("junk", ["junk", "v1", "v1,!!!", "v1,é", "v9,AAAA", "v1a,AAAA", ",", "v1,AAAA", ""])
def test_junk_before_a_right_signature_does_not_defeat_it(junk: str) -> None:
    """The published library stops, or raises something else, at several of these."""
    secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    at = datetime.fromtimestamp(1_763_726_400, UTC)
    right = StandardWebhook(secret).sign("msg_1", at, "{}")
    headers = {
        "webhook-id": "msg_1",
        "webhook-timestamp": "1763726400",
        "webhook-signature": f"{junk} {right} {junk}",
    }
    assert check("standard_webhooks", secret, b"{}", headers, at=1_763_726_400) == "msg_1"
