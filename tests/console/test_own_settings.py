"""What a person decides about their own pages, and that it holds everywhere."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from controlplane.foundation import clock
from controlplane.people import tokens
from controlplane.people.access import access_for
from controlplane.people.models import Account, Membership
from controlplane.people.roles import Role
from controlplane.people.services import By
from controlplane.transactions.export import write
from controlplane.transactions.models import Export, ExportState
from controlplane.transactions.upkeep import make_partitions
from tests.transactions.factories import Estate, an_account, estate
from tests.transactions.traffic import a_transaction

pytestmark = pytest.mark.django_db
HERE = "/settings/"
#: Fourteen hours ahead of UTC all year: its day is another one most of the time.
FAR = "Pacific/Kiritimati"
PLAIN = {
    "time_zone": "",
    "theme": "system",
    "density": "standard",
    "keys": "on",
    "start_page": "",
    "wanted": [
        "changes-to-decide",
        "changes-decided",
        "changes-conditions",
        "waivers-ending",
        "consumers-in-the-way",
        "dead-letters",
        "replays-ended",
        "exports",
    ],
}


@pytest.fixture
def here() -> Estate:
    make_partitions()
    return estate()


@pytest.fixture
def elif_(here: Estate, client: Client) -> Account:
    """She supports the team, and is signed in."""
    account = an_account("Elif Kaya", Role.SUPPORT, here.team)
    client.force_login(account)
    return account


def save(client: Client, **typed: Any) -> Any:
    return client.post(HERE, PLAIN | typed)


def test_the_page_begins_with_what_is_so(client: Client, elif_: Account) -> None:
    page = client.get(HERE)
    html = " ".join(page.content.decode().split())
    assert page.context["form"].initial == PLAIN
    assert "<b>Elif Kaya</b>" in html
    assert '<span class="ava lg" aria-hidden="true">EK</span>' in html
    assert "Support, " in html
    assert 'href="/access/tokens/"' in html
    assert '<option value="" selected>As the installation (UTC)</option>' in html


def test_it_is_found_from_the_menu_of_ones_name_and_the_palette(client: Client, elif_: Account) -> None:
    assert 'href="/settings/"' in client.get("/notifications/").content.decode()
    found = client.post("/search/", {"q": "time zone"}).content.decode()
    assert 'href="/settings/"' in found
    assert 'href="/notifications/"' in client.post("/search/", {"q": "for you"}).content.decode()


def test_what_is_saved_is_kept_with_the_account_and_worn_in_every_browser(client: Client, elif_: Account) -> None:
    answer = save(client, theme="dark", density="compact", keys="off", time_zone="Europe/Vienna")
    assert answer.headers["location"] == HERE
    assert answer.cookies["interlock_theme"].value == "dark"
    other = Client()
    other.force_login(elif_)
    html = other.get(HERE).content.decode()
    assert 'data-theme="dark"' in html
    assert 'data-density="compact"' in html
    assert 'data-keys="off"' in html
    assert "Times are Europe/Vienna" in html


def test_the_menus_choice_is_kept_with_the_account_too(client: Client, elif_: Account) -> None:
    client.post("/look/", {"theme": "light"})
    elif_.refresh_from_db()
    assert (elif_.theme, elif_.density) == ("light", "")
    client.cookies["interlock_theme"] = "dark"
    assert 'data-theme="light"' in client.get(HERE).content.decode()


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"time_zone": "Mars/Olympus"}, "time_zone"),
        ({"time_zone": "../../etc/passwd"}, "time_zone"),
        ({"theme": "pink"}, "theme"),
        ({"density": ""}, "density"),
        ({"keys": "on?"}, "keys"),
        ({"start_page": "console:audit"}, "start_page"),
        ({"start_page": "https://evil.example/"}, "start_page"),
        ({"start_page": "console:settings"}, "start_page"),
        ({"wanted": ["exports", "secrets"]}, "wanted"),
        ({"wanted": ["sync-jobs"]}, "wanted"),
    ],
)
def test_a_value_that_is_not_offered_is_refused_beside_its_field_and_nothing_is_kept(
    client: Client, elif_: Account, typed: dict[str, Any], field: str
) -> None:
    answer = save(client, **{"theme": "dark"} | typed)
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    elif_.refresh_from_db()
    assert (elif_.theme, elif_.time_zone, elif_.start_page, elif_.muted) == ("", "", "", [])


def test_the_start_page_is_where_signing_in_leads_as_long_as_one_may_open_it(client: Client, elif_: Account) -> None:
    assert client.get("/").headers["location"] == "/tx/"
    save(client, start_page="transactions:dead")
    assert client.get("/").headers["location"] == "/tx/dead/"
    Membership.objects.all().delete()
    assert client.get("/").headers["location"] == "/overview/"
    assert client.get(HERE).context["form"].initial["start_page"] == ""


def test_what_is_not_ticked_is_muted_and_what_is_not_offered_stays_as_it_was(client: Client, elif_: Account) -> None:
    Account.objects.filter(pk=elif_.pk).update(muted=["sync-jobs"])
    save(client, wanted=["dead-letters", "exports"])
    elif_.refresh_from_db()
    assert elif_.muted == [
        "changes-to-decide",
        "changes-decided",
        "changes-conditions",
        "waivers-ending",
        "consumers-in-the-way",
        "replays-ended",
        "sync-jobs",
    ]
    save(client)
    elif_.refresh_from_db()
    assert elif_.muted == ["sync-jobs"]


def test_who_has_no_role_still_has_settings(client: Client) -> None:
    client.force_login(an_account("Nora New"))
    html = client.get(HERE).content.decode()
    assert "Nothing can concern you before you have a role." in html
    assert save(client, wanted=[], theme="dark").status_code == 302


def test_one_changes_only_oneself_and_only_when_signed_in(client: Client, elif_: Account, here: Estate) -> None:
    other = an_account("Tom Berg", Role.SUPPORT, here.team)
    save(client, theme="dark", email="tom@example.test", account=str(other.pk), is_active="")
    other.refresh_from_db()
    assert other.theme == ""
    client.post("/signout/")
    for address in (HERE, "/settings/password/", "/settings/sessions/end/"):
        assert client.post(address).headers["location"].startswith("/signin/")
    assert client.get("/settings/password/").status_code in {302, 405}


# -- the zone, made real ----------------------------------------------------------------------------


def yesterday_there(here: Estate) -> datetime:
    """A transaction of an hour before midnight in the far zone: another day there than now, by an hour at least."""
    local = clock.now().astimezone(zone())
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
    at = (midnight - timedelta(hours=1)).astimezone(UTC)
    a_transaction(here, at=at)
    return at


def zone() -> Any:
    from zoneinfo import ZoneInfo

    return ZoneInfo(FAR)


def test_today_in_a_search_is_the_persons_day(client: Client, here: Estate, elif_: Account) -> None:
    yesterday_there(here)
    save(client, time_zone=FAR)
    found = {day: client.get("/tx/", {"q": f"on:{day}"}).content.decode() for day in ("today", "yesterday")}
    assert ["/tx/0" in found[day] for day in ("today", "yesterday")] == [False, True]
    assert FAR in found["today"]


def test_a_program_with_a_token_asks_for_the_day_of_its_owner(client: Client, here: Estate, elif_: Account) -> None:
    yesterday_there(here)
    Account.objects.filter(pk=elif_.pk).update(time_zone=FAR)
    access = access_for(elif_)
    _, secret = tokens.issue(access, "nightly", Role.SUPPORT, here.team, 9, by=By(access.actor))
    program = Client(headers={"authorization": f"Bearer {secret}"})
    answers = [program.get("/api/v1/transactions", {"q": f"on:{day}"}).json() for day in ("today", "yesterday")]
    assert [len(answer["rows"]) for answer in answers] == [0, 1]
    assert clock.zone().key == "UTC"


def local_times(text: str) -> list[str]:
    return [row["Received (local)"] for row in csv.DictReader(io.StringIO(text.removeprefix("\ufeff")))]


def test_an_export_that_is_sent_at_once_has_the_persons_times(client: Client, here: Estate, elif_: Account) -> None:
    at = yesterday_there(here)
    save(client, time_zone=FAR)
    answer: Any = client.post("/tx/export/", {"q": "on:yesterday"})
    text = b"".join(answer.streaming_content).decode()
    assert local_times(text) == [at.astimezone(zone()).isoformat(timespec="milliseconds")]


def test_an_export_that_a_worker_writes_has_the_zone_in_which_it_was_asked_for(
    client: Client, here: Estate, elif_: Account, settings: Any, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.VAR = tmp_path
    monkeypatch.setattr("controlplane.transactions.export.request.AT_ONCE", 0)
    at = yesterday_there(here)
    save(client, time_zone=FAR)
    client.post("/tx/export/", {"q": "on:yesterday"})
    save(client, time_zone="")
    assert write.write_next() is True
    export = Export.objects.get()
    assert (export.zone, export.state, export.rows) == (FAR, ExportState.DONE, 1)
    assert local_times(write.path_of(export).read_text()) == [at.astimezone(zone()).isoformat(timespec="milliseconds")]


def test_a_time_that_is_typed_into_a_form_is_the_persons(client: Client, here: Estate) -> None:
    owner = an_account("Mara Lindqvist", Role.OWNER, here.team)
    client.force_login(owner)
    save(client, time_zone=FAR, wanted=[])
    until = (clock.now() + timedelta(days=2)).astimezone(zone()).replace(second=0, microsecond=0)
    address = f"/tx/destinations/{here.to_erp.slug}/pause/"
    client.post(address, {"reason": "The ledger moves.", "until": f"{until:%Y-%m-%dT%H:%M}"})
    here.to_erp.hot.refresh_from_db()
    assert here.to_erp.hot.paused_until == until


def test_the_days_of_the_overview_are_the_persons(client: Client, elif_: Account, monkeypatch: Any) -> None:
    monkeypatch.setattr("controlplane.foundation.clock.now", lambda: datetime(2026, 10, 31, 12, tzinfo=UTC))
    assert "October 2026" in client.get("/overview/").content.decode()
    Account.objects.filter(pk=elif_.pk).update(time_zone=FAR)
    assert "November 2026" in client.get("/overview/").content.decode()
