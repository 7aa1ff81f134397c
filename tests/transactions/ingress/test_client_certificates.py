"""A client certificate is believed from the operator's proxies only, whatever an endpoint would like to trust."""

from __future__ import annotations

from typing import Any

import pytest

from tests.transactions.ingress.conftest import Opens

FINGERPRINT = "ab" * 32
HEAD = {"x-client-cert-fingerprint": FINGERPRINT}


@pytest.mark.parametrize(
    ("operator", "endpoint", "status"),
    [
        (["192.0.2.0/24"], {}, 202),
        ([], {}, 401),
        (["10.0.0.0/8"], {}, 401),
        ([], {"trusted_proxies": ["192.0.2.0/24"]}, 401),
        (["10.0.0.0/8"], {"trusted_proxies": ["0.0.0.0/0"]}, 401),
        (["192.0.2.0/24"], {"trusted_proxies": ["10.0.0.0/8"]}, 202),
    ],
)
def test_the_operator_names_the_proxies(
    opens: Opens, settings: Any, operator: list[str], endpoint: dict[str, Any], status: int
) -> None:
    settings.TRUSTED_PROXIES = operator
    door = opens(scheme="mtls", scheme_settings={"allowed": [FINGERPRINT], **endpoint}, secrets=[])

    assert door.post(b'{"id": "evt_1"}', HEAD).status == status
