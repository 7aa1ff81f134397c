"""A client certificate that the proxy in front of us verified and passes on in a header.

Believed only from the proxies that ``trusted_proxies`` names: anybody else could write the header. The proxy
must delete the header from what comes in from outside. Three forms of header:

* ``fingerprint`` — hex of the certificate's digest, colons allowed (nginx ``$ssl_client_fingerprint``,
  HAProxy ``%{+X}[ssl_c_sha1,hex]``, Apache, Caddy ``{http.request.tls.client.fingerprint}``);
* ``subject`` — its distinguished name, compared exactly as the proxy writes it (nginx ``$ssl_client_s_dn``);
* ``certificate`` — the certificate itself as RFC 9440's ``Client-Cert: :<base64 DER>:``; its SHA-256
  fingerprint is compared.

``allowed`` lists the fingerprints or names; they are no secrets, so the endpoint's secrets are not used.
"""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
from collections.abc import Sequence
from datetime import datetime

from connectors.messages import Request, Secret
from connectors.signatures import checks
from connectors.signatures.scheme import Scheme, Settings, with_headers
from connectors.signatures.verdict import Reason, SignatureError, Verified

NAME = "mtls"
FORMS = {"fingerprint": "x-client-cert-fingerprint", "subject": "x-client-cert-subject", "certificate": "client-cert"}


def verify(request: Request, secrets: Sequence[Secret], settings: Settings, now: datetime) -> Verified:  # noqa: ARG001
    """Verify that a trusted proxy saw one of the allowed certificates."""
    form = checks.choice(settings, "form", FORMS, "fingerprint")
    _check_peer(request.peer, checks.texts(settings, "trusted_proxies"))
    _check_outcome(request, settings)
    given = _shown(form, checks.header(request, checks.text(settings, "header", FORMS[form]).lower()))
    allowed = [_normal(form, one) for one in checks.texts(settings, "allowed")]
    if not any(allowed):
        raise SignatureError(Reason.NO_SECRET)
    for index, one in enumerate(allowed):
        if one and hmac.compare_digest(one, given):
            return Verified(NAME, index)
    raise SignatureError(Reason.MISMATCH)


def _check_peer(peer: str, networks: Sequence[str]) -> None:
    try:
        trusted = [ipaddress.ip_network(network) for network in networks]
    except ValueError:
        raise SignatureError(Reason.UNSUPPORTED) from None
    try:
        address = ipaddress.ip_address(peer)
    except ValueError:
        raise SignatureError(Reason.UNTRUSTED_PROXY) from None
    # A dual-stack listener sees IPv4 peers as ::ffff:10.0.0.1.
    address = getattr(address, "ipv4_mapped", None) or address
    if not any(address in network for network in trusted):
        raise SignatureError(Reason.UNTRUSTED_PROXY)


def _check_outcome(request: Request, settings: Settings) -> None:
    """Proxies that let requests without a valid certificate through say so in another header."""
    name = checks.text(settings, "outcome_header").lower()
    if not name:
        return
    expected = checks.text(settings, "outcome", "SUCCESS").encode("utf-8", "replace")
    if not hmac.compare_digest(checks.header(request, name).encode("utf-8", "replace"), expected):
        raise SignatureError(Reason.MISMATCH)


def _shown(form: str, value: str) -> bytes:
    if form != "certificate":
        shown = _normal(form, value)
    else:
        der = checks.unbase64(value.strip(":")) if value.startswith(":") and value.endswith(":") else None
        shown = hashlib.sha256(der).digest() if der else b""
    if not shown:
        raise SignatureError(Reason.MALFORMED)
    return shown


def _normal(form: str, value: str) -> bytes:
    if form == "subject":
        return value.strip().encode("utf-8", "replace")
    return checks.unhex(value.replace(":", "").strip()) or b""


def sign(request: Request, secret: Secret, settings: Settings, now: datetime) -> Request:  # noqa: ARG001
    """The header as the proxy would add it; the "secret" is the fingerprint, name or ``:certificate:``."""
    form = checks.choice(settings, "form", FORMS, "fingerprint")
    headers = {checks.text(settings, "header", FORMS[form]).lower(): secret.reveal()}
    if name := checks.text(settings, "outcome_header").lower():
        headers[name] = checks.text(settings, "outcome", "SUCCESS")
    return with_headers(request, headers)


SCHEME = Scheme(
    NAME,
    "Client certificate, verified by the proxy",
    verify,
    sign,
    settings={
        "trusted_proxies": "networks of the proxies that may set the header; required",
        "allowed": "the fingerprints or subjects that are believed; required",
        "form": "fingerprint (when not given), subject or certificate",
        "header": "the header that holds it; " + ", ".join(FORMS.values()) + " by the form when not given",
        "outcome_header": "the header in which the proxy says whether it verified the certificate",
        "outcome": "what that header says when it did; SUCCESS when not given",
    },
    replay_window=False,
    keyless=True,
)
