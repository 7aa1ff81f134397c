"""Searches that hold a personal value are kept under an opaque id, so that none is in an address.

Addresses end up in histories, bookmarks and logs of proxies. What may be a person's (``search.personal``: an e-mail
address, a telephone number, a name) is moved to the cache for a working day; the page's links name its id.
"""

from __future__ import annotations

import hashlib
import hmac
from base64 import urlsafe_b64encode

import redis.exceptions
from django.conf import settings
from django.core.cache import cache

from controlplane.foundation.errors import NotFound, Unavailable
from controlplane.people.access import Access

KEPT_SECONDS = 12 * 3600
_AWAY = "A search with a personal value is kept in the cache, which does not answer. Try again in a minute."


def keep(access: Access, text: str) -> str:
    """The opaque id of a search, for its own asker only; the same search has the same id."""
    digest = hmac.new(settings.SECRET_KEY.encode(), f"{access.person_id}\x00{text}".encode(), hashlib.sha256).digest()
    identifier = urlsafe_b64encode(digest[:15]).decode()
    try:
        cache.set(_key(access, identifier), text, KEPT_SECONDS)
    except redis.exceptions.RedisError as error:
        raise Unavailable(_AWAY, retry_after=60) from error
    return identifier


def kept(access: Access, identifier: str) -> str:
    """The search of an id; :class:`NotFound` once it is no longer kept, :class:`Unavailable` while nobody can tell."""
    try:
        found = cache.get(_key(access, identifier)) if len(identifier) == 20 else None  # noqa: PLR2004 - 15 bytes in base64
    except redis.exceptions.RedisError as error:
        raise Unavailable(_AWAY, retry_after=60) from error
    if not isinstance(found, str):
        message = "This search held a personal value and is not kept any more. Type it again."
        raise NotFound(message)
    return found


def _key(access: Access, identifier: str) -> str:
    return f"search:{access.person_id}:{identifier}"
