"""The two keys of a first integration: with one its sender signs, with the other we sign what goes out.

They are shown to whoever makes them, that once; afterwards there are references to them (invariant 8).
"""

from __future__ import annotations

import base64
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from django.db import transaction

from connectors.messages import Secret
from controlplane.audit import services as audit
from controlplane.audit.models import Subject
from controlplane.credentials.keeping import discard, keep
from controlplane.credentials.models import Credential
from controlplane.credentials.references import Reference, parse
from controlplane.foundation.errors import Conflict
from controlplane.people.access import Access, Action
from controlplane.transactions.models import Dedupe, Endpoint

#: What Standard Webhooks asks for: 24 to 64 random bytes, written as base64 behind a prefix.
KEY_BYTES: Final = 24
PREFIX: Final = "whsec_"
SIGNING: Final = "signing"


@dataclass(frozen=True, slots=True)
class Keys:
    """Both keys and where they are kept."""

    sender: Secret
    receiver: Secret
    sender_at: Reference
    receiver_at: Reference


@contextmanager
def kept_keys(slug: str) -> Iterator[Keys]:
    """Two new keys, kept; what fails in here leaves none of them behind."""
    mark, kept = secrets.token_hex(4), list[Reference]()
    sender, receiver = _key(), _key()
    try:
        for side, secret in (("sender", sender), ("receiver", receiver)):
            kept.append(keep(f"{slug}-{side}-{mark}", secret))
        yield Keys(sender, receiver, *kept)
    except BaseException:
        for reference in kept:
            discard(reference)
        raise


def make_new_keys(access: Access, endpoint: Endpoint, credential: Credential) -> Keys:
    """Others in the place of keys that got lost before anybody used them.

    :class:`Conflict` once something has come in: whoever sent it would be refused from then on.
    """
    access.require(Action.CONFIGURE, endpoint.integration.team_id)
    with kept_keys(endpoint.slug) as keys, transaction.atomic():
        locked = Endpoint.objects.select_for_update(of=("self",)).get(pk=endpoint.pk)
        if Dedupe.objects.filter(endpoint=locked).exists():
            raise Conflict(
                "Events have come in by these keys, so they stay: their sender would be refused. How keys are changed "
                "while both are believed is in docs/estate.md."
            )
        before = [*locked.secrets, *credential.references.values()]
        locked.secrets = [str(keys.sender_at)]
        locked.save(update_fields=["secrets", "changed_at"])
        Credential.objects.filter(pk=credential.pk).update(references={SIGNING: str(keys.receiver_at)})
        transaction.on_commit(lambda: _discard_made_here(endpoint.slug, before))
        audit.record("endpoint.keys_made", actor=access.actor, subject=Subject("endpoint", endpoint.slug))
    return keys


def _key() -> Secret:
    return Secret(PREFIX + base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode())


def _discard_made_here(slug: str, references: list[str]) -> None:
    for reference in map(parse, references):
        if reference.path.startswith((f"{slug}-sender-", f"{slug}-receiver-")):
            discard(reference)
