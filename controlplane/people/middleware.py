"""What a request takes on of the person behind it."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.contrib.sessions import middleware
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils import timezone

from controlplane.people import sessions
from controlplane.people.models import Account
from controlplane.people.zones import zone_called


class SessionMiddleware(middleware.SessionMiddleware):
    """Django's, but that the browser's cookie is taken away by signing out alone.

    Django also takes it away where the session behind it is gone. A request of one tab that was under way while another
    got a new session, by a new password say, would then be answered last, and sign out the whole browser.
    """

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        """Save the session, and set its cookie where it is another."""
        answer = super().process_response(request, response)
        cookie = answer.cookies.get(settings.SESSION_COOKIE_NAME)
        if cookie is not None and not cookie.value and not sessions.is_closed(request):
            del answer.cookies[settings.SESSION_COOKIE_NAME]
        return answer


class ZoneMiddleware:
    """For as long as a request lasts, times are read and shown in the zone of its person's account."""

    sync_capable = True
    async_capable = False

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Take the zone on, and leave it: the thread's next request is somebody else's."""
        with timezone.override(zone_called(_chosen(request))):
            return self.get_response(request)


def _chosen(request: HttpRequest) -> str:
    if settings.SESSION_COOKIE_NAME not in request.COOKIES:
        return ""
    try:
        return request.user.time_zone if isinstance(request.user, Account) else ""
    except DatabaseError:  # what is asked for may not need the database, such as how this server is
        return ""
