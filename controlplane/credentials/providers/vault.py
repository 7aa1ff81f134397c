"""``vault://mount/path#field@version``: a key-value (version 2) secret in HashiCorp Vault or OpenBao.

The token is infrastructure: ``VAULT_TOKEN`` of the process, or the file that an agent keeps fresh and
``VAULT_TOKEN_FILE`` names.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import hvac
from django.conf import settings
from hvac.exceptions import Forbidden, InvalidPath, InvalidRequest, Unauthorized, UnsupportedOperation, VaultError
from requests.exceptions import RequestException

from connectors.messages import Secret
from controlplane.credentials.providers.errors import SecretUnavailable
from controlplane.credentials.references import Reference

TIMEOUT_SECONDS = 5
_NOT_KV = "the vault did not understand; is the mount a key-value store, version 2?"

#: What the vault said → our words, and whether trying again may help. The first that fits; others mean it is away.
REFUSALS: tuple[tuple[tuple[type[VaultError], ...], str, bool], ...] = (
    ((InvalidPath,), "the vault has no such secret", False),
    # A token that expired is renewed by whoever looks after it: what waits for it goes on by itself.
    ((Forbidden, Unauthorized), "the vault refused our token, or lets it not read this", True),
    ((InvalidRequest, UnsupportedOperation), _NOT_KV, False),
)


def read(reference: Reference) -> Secret:
    """One field of the secret, without line ends at its end: whoever put a file there did not mean those."""
    if not settings.VAULT_ADDR:
        raise SecretUnavailable(str(reference), "no vault is configured (VAULT_ADDR)", passing=False)
    token = _token(reference)
    try:
        secret = _field(reference, token)
    except VaultError as error:
        raise _refused(reference, error) from None
    except (RequestException, OSError) as error:
        raise SecretUnavailable(str(reference), f"the vault is away: {type(error).__name__}", passing=True) from None
    if secret is None:
        reason = f"the secret has no text in its field {reference.field!r}"
        raise SecretUnavailable(str(reference), reason, passing=False)
    return secret


def _token(reference: Reference) -> Secret:
    name = os.environ.get("VAULT_TOKEN_FILE", "")
    if not name:
        return Secret(os.environ.get("VAULT_TOKEN", ""))
    try:
        return Secret(Path(name).read_text().strip())
    except (OSError, UnicodeDecodeError) as error:
        reason = f"the vault's token cannot be read from VAULT_TOKEN_FILE: {type(error).__name__}"
        raise SecretUnavailable(str(reference), reason, passing=True) from None


def _field(reference: Reference, token: Secret) -> Secret | None:
    """The field; what the vault answered lives in this frame only, from which nothing about it is raised."""
    mount, _, path = reference.path.partition("/")
    # No redirect is followed: the token would go along to wherever it points.
    client = hvac.Client(url=settings.VAULT_ADDR, token=token.reveal(), timeout=TIMEOUT_SECONDS, allow_redirects=False)
    answer: Any = client.secrets.kv.v2.read_secret_version(
        path=path, mount_point=mount, version=reference.version, raise_on_deleted_version=True
    )
    match answer:
        case {"data": {"data": {**fields}}}:
            value = fields.get(reference.field)
            text = value.rstrip("\r\n") if isinstance(value, str) else ""
            return Secret(text) if text else None
    raise SecretUnavailable(str(reference), "what answers at VAULT_ADDR is no vault", passing=True)


def _refused(reference: Reference, error: VaultError) -> SecretUnavailable:
    for kinds, words, passing in REFUSALS:
        if isinstance(error, kinds):
            return SecretUnavailable(str(reference), words, passing=passing)
    return SecretUnavailable(str(reference), f"the vault is away: {type(error).__name__}", passing=True)
