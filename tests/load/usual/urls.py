"""One view."""

from __future__ import annotations

import hashlib
import hmac
import json
import os

from django.http import HttpRequest, JsonResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from tests.load.usual.models import ReceivedEvent
from tests.load.usual.tasks import handle

SECRET = os.environ["BENCH_WEBHOOK_SECRET"].encode()


@csrf_exempt
@require_POST
def webhook(request: HttpRequest) -> JsonResponse:
    """Verify, store once, send a message for the worker."""
    if not _signed(request):
        return JsonResponse({"detail": "bad signature"}, status=401)
    event = json.loads(request.body)
    row, new = ReceivedEvent.objects.get_or_create(
        event_id=event["id"], defaults={"type": event["type"], "payload": event}
    )
    if new:
        handle.delay(row.pk)
    return JsonResponse({"id": row.pk}, status=202 if new else 200)


def _signed(request: HttpRequest) -> bool:
    fields = dict(part.split("=", 1) for part in request.headers.get("stripe-signature", "").split(",") if "=" in part)
    signed = fields.get("t", "").encode() + b"." + request.body
    expected = hmac.new(SECRET, signed, hashlib.sha256).hexdigest()
    return hmac.compare_digest(expected, fields.get("v1", ""))


urlpatterns = [path("webhook", webhook)]
