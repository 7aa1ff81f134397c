"""How often one token, or one signed-in person, may ask in a minute, counted in the cache for all processes."""

from __future__ import annotations

import time

import redis.exceptions
from django.conf import settings
from django.core.cache import cache
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle
from rest_framework.views import APIView

from controlplane.people.access import access_of

MINUTE = 60


class EachMinute(BaseThrottle):
    """So many requests in each minute of the clock. Without a cache nobody is counted, and nobody refused."""

    def allow_request(self, request: Request, view: APIView) -> bool:  # noqa: ARG002 - named by REST framework
        """Whether there is room in this minute."""
        if not settings.API_RATE:
            return True
        key = f"api:{access_of(request._request).account_id}:{int(time.time()) // MINUTE}"  # noqa: SLF001 - Django's own
        try:
            cache.add(key, 0, 2 * MINUTE)
            return cache.incr(key) <= settings.API_RATE
        except (redis.exceptions.RedisError, ValueError):  # ValueError: it ran out between the two
            return True

    def wait(self) -> float:
        """Seconds until the next minute begins."""
        return MINUTE - time.time() % MINUTE
