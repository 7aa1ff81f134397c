"""Times are those of the person: on pages, for programs that act in their name, and never for the next request."""

from __future__ import annotations

import pytest
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.utils import timezone
from pytest_django import Settings

from controlplane.foundation import clock
from controlplane.people.middleware import ZoneMiddleware
from controlplane.people.models import Account, Team
from controlplane.people.roles import Role
from controlplane.people.zones import by_region, zone_called
from tests.people.conftest import Make


def test_the_zones_are_those_of_places() -> None:
    names = {name for _, names in by_region() for name in names}
    assert {"Europe/Vienna", "America/Argentina/Buenos_Aires", "Asia/Kolkata", "Australia/Lord_Howe"} <= names
    assert names & {"CET", "Etc/GMT+1", "US/Eastern", "posixrules", "localtime"} == set()


@pytest.mark.parametrize("name", ["", "Mars/Olympus", "../../etc/passwd", "/etc/localtime", "x" * 300, "a\0b"])
def test_a_zone_that_does_not_exist_is_the_installations(name: str, settings: Settings) -> None:
    settings.TIME_ZONE = "Europe/Vienna"
    assert zone_called(name).key == "Europe/Vienna"


@pytest.mark.django_db
def test_pages_have_the_zone_of_whoever_asks_and_the_next_request_has_its_own(
    make: Make, billing: Team, client: Client
) -> None:
    elif_ = make("elif@example.test", (Role.SUPPORT, billing))
    Account.objects.filter(pk=elif_.pk).update(time_zone="Asia/Kolkata")
    client.force_login(elif_)
    assert 'data-clock="Asia/Kolkata"' in client.get("/notifications/").content.decode()
    assert clock.zone().key == "UTC"
    other = Client()
    other.force_login(make("tom@example.test", (Role.SUPPORT, billing), name="Tom Berg"))
    assert 'data-clock="UTC"' in other.get("/notifications/").content.decode()


def test_who_has_no_session_is_not_looked_up(rf: RequestFactory) -> None:
    def answer(_request: HttpRequest) -> HttpResponse:
        return HttpResponse(clock.zone().key)

    assert ZoneMiddleware(answer)(rf.get("/health/live")).content == b"UTC"  # type: ignore[attr-defined]


def test_without_the_database_a_request_has_the_zone_of_the_installation(rf: RequestFactory) -> None:
    class Away:
        @property
        def time_zone(self) -> str:
            raise OperationalError

        __class__ = Account  # type: ignore[assignment]

    request = rf.get("/health/live")
    request.COOKIES["sessionid"] = "x"
    request.user = Away()  # type: ignore[assignment]
    seen: list[str] = []

    def answer(_request: HttpRequest) -> HttpResponse:
        seen.append(timezone.get_current_timezone_name())
        return HttpResponse()

    ZoneMiddleware(answer)(request)
    assert seen == ["UTC"]
