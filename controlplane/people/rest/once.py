"""Writes that can be sent again: with an ``Idempotency-Key`` the same request is done once, and answered alike.

Key, act and answer commit together, so a process that dies in between leaves none of them. What is refused
leaves nothing behind either: the same key may be used for the corrected request.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import orjson
from django.db import connection, transaction
from django.db.models.functions import Now
from django.http import HttpResponse
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request

from controlplane.audit.models import Via
from controlplane.audit.services import through
from controlplane.foundation.errors import BadInput, Conflict, Invalid
from controlplane.foundation.ids import digest_uuid
from controlplane.people.access import Access
from controlplane.people.models import KeptAnswer

HEADER = "Idempotency-Key"
REPLAYED = "Idempotent-Replayed"
KEPT = timedelta(hours=24)
#: What a key is made of, so that it fits a header and a log line.
KEY = r"^[\x21-\x7e]{1,255}$"

#: The status and what it says, as plain values.
Act = Callable[[], tuple[int, object]]


def done_once(access: Access, request: Request, act: Act) -> HttpResponse:
    """The answer of ``act``, or of the same request before it. Everything in one transaction."""
    with transaction.atomic(), through(Via.API):
        if (key := _key(request)) is None:
            status, said = act()
            return _answer(status, JSONRenderer().render(said))
        return _with_key(UUID(access.account_id), key, _digest(request), act)


def forget() -> int:
    """Delete the answers whose day is over; returns how many."""
    return KeptAnswer.objects.filter(at__lt=Now() - KEPT).delete()[0]


def _with_key(caller: UUID, key: str, asked: bytes, act: Act) -> HttpResponse:
    # The first of two that come at once holds the lock until it has committed; the second is told so, and may wait.
    if not _locked(digest_uuid(caller.bytes, key.encode())):
        raise Conflict("The first request with this key is still at work. Send it again in a moment.", retry_after=1)
    KeptAnswer.objects.filter(caller=caller, key=key, at__lt=Now() - KEPT).delete()
    found = KeptAnswer.objects.filter(caller=caller, key=key).first()
    if found is None:
        status, said = act()
        body = JSONRenderer().render(said)
        KeptAnswer.objects.create(caller=caller, key=key, request=asked, status=status, body=body)
        return _answer(status, body)
    if bytes(found.request) != asked:
        raise Invalid("This key belongs to another request. Nothing was done; use a new key.", field=HEADER)
    answer = _answer(found.status, bytes(found.body))
    answer[REPLAYED] = "true"
    return answer


def _key(request: Request) -> str | None:
    key: str | None = request.headers.get(HEADER)
    if key is not None and not re.fullmatch(KEY, key):
        raise BadInput(f"{HEADER} takes 1 to 255 visible ASCII characters, such as a UUID.", field=HEADER)
    return key


def _digest(request: Request) -> bytes:
    """Of the method, the address and the body as it was understood: white space makes no other request."""
    said = [request.method, request.get_full_path(), request.data]
    return hashlib.sha256(orjson.dumps(said, option=orjson.OPT_SORT_KEYS)).digest()


def _locked(place: UUID) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("select pg_try_advisory_xact_lock(%s)", [(place.int >> 64) - (1 << 63)])
        return bool(cursor.fetchone()[0])


def _answer(status: int, body: bytes) -> HttpResponse:
    return HttpResponse(body, status=status, content_type="application/json")
