"""The sandbox's first-run page: for whoever sits at the machine, and only while the sandbox is there."""

from __future__ import annotations

from html import unescape
from pathlib import Path
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from pytest_django import Settings

from controlplane.audit.models import AuditRecord
from controlplane.people.models import Account, Team
from controlplane.people.roles import Role
from controlplane.standalone import running
from controlplane.standalone.places import places, private_file
from controlplane.standalone.running import Running
from controlplane.standalone.sandbox import people, tour
from controlplane.standalone.sandbox.marks import Marks

pytestmark = pytest.mark.django_db
QUIET = "Right now all is quiet."
FREELY = ["elif", "jonas", "mara", "greta", "priya"]
WELL = [Running("Worker", "processes and delivers", "ok", "ready")]


def text(answer: HttpResponse | Any) -> str:
    return " ".join(unescape(answer.content.decode()).split()).replace("> <", "><")


@pytest.fixture
def client() -> Client:
    """A browser on the machine itself."""
    return Client(headers={"host": "127.0.0.1:8460"})


@pytest.fixture
def sandbox(monkeypatch: pytest.MonkeyPatch, settings: Settings, tmp_path: Path) -> Marks:
    """It is there, with its people; its parts run."""
    settings.ENVIRONMENT = "sandbox"
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    monkeypatch.setenv("INTERLOCK_VAR", str(tmp_path))
    monkeypatch.setattr(running, "parts", lambda **_asked: WELL)
    marks = Marks(places(tmp_path))
    for slug in people.EVERY_TEAM:
        Team.objects.create(slug=slug, name=slug)
    people.settle(marks.sign_ins, people.arrive())
    marks.begin()
    return marks


def test_a_newcomer_is_led_to_it_and_sees_who_to_be(sandbox: Marks, client: Client) -> None:
    assert client.get("/").headers["location"] == "/welcome/"
    html = text(client.get("/welcome/"))
    assert [f"Be {name.title()}<" in html for name in FREELY] == [True] * 5
    assert "Be Oskar<" not in html
    assert "as oskar@halden.example, with the password that the terminal showed" in html
    assert "All running" in html


@pytest.mark.parametrize("name", FREELY)
def test_one_comes_in_as_somebody_where_their_work_begins_and_it_is_in_the_audit(
    sandbox: Marks, client: Client, name: str
) -> None:
    answer = client.post(f"/be/{name}/")
    begins = {part.name: part.path for part in tour.PARTS}[name]
    assert answer.headers["location"] == begins
    assert client.get(begins).status_code == 200
    record = AuditRecord.objects.filter(action="session.opened").latest("id")
    assert record.actor_label == {one.part.name: one.worker.name for one in tour.players()}[name]


@pytest.mark.parametrize("one", tour.TRIES, ids=lambda one: one.title)
def test_everything_to_try_leads_to_a_page_that_is_there(sandbox: Marks, client: Client, one: tour.Try) -> None:
    answer = client.post(f"/be/{one.name}/", {"next": one.path})
    assert answer.headers["location"] == one.path
    assert client.get(one.path).status_code == 200


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:x"])
def test_it_leads_nowhere_else(sandbox: Marks, client: Client, elsewhere: str) -> None:
    assert client.post("/be/elif/", {"next": elsewhere}).headers["location"] == "/tx/"


@pytest.mark.parametrize("name", ["oskar", "ana", "nobody", "operator"])
def test_whoever_runs_the_platform_and_whoever_is_not_shown_needs_a_password(
    sandbox: Marks, client: Client, name: str
) -> None:
    assert client.post(f"/be/{name}/").status_code == 404
    assert "_auth_user_id" not in client.session


def test_those_who_are_had_without_a_password_do_not_run_the_platform() -> None:
    assert {one.worker.role for one in tour.players() if one.freely} == set(Role) - {Role.OPERATOR}


def test_a_closed_account_is_not_opened(sandbox: Marks, client: Client) -> None:
    Account.objects.filter(email="elif@halden.example").update(is_active=False)
    assert client.post("/be/elif/").status_code == 404


@pytest.mark.parametrize(
    "more",
    [
        {"REMOTE_ADDR": "192.0.2.7"},
        {"REMOTE_ADDR": ""},
        {"HTTP_X_FORWARDED_FOR": "192.0.2.7"},
        {"HTTP_FORWARDED": "for=192.0.2.7"},
        {"HTTP_HOST": "sandbox.example"},
    ],
    ids=["another machine", "nowhere", "through a proxy", "through another proxy", "by another name"],
)
def test_from_elsewhere_one_signs_in_with_a_password(sandbox: Marks, settings: Settings, more: dict[str, str]) -> None:
    settings.ALLOWED_HOSTS = ["*"]
    browser = Client()
    browser.defaults |= {"HTTP_HOST": "127.0.0.1:8460"} | more
    assert browser.post("/be/elif/").status_code == 403
    assert "Be Elif<" not in text(browser.get("/welcome/"))


def test_a_form_of_another_site_signs_nobody_in(sandbox: Marks) -> None:
    assert Client(enforce_csrf_checks=True).post("/be/elif/").status_code == 403


@pytest.mark.parametrize("environment", ["sandbox", "production"])
def test_without_the_sandbox_nobody_is_anybody(
    sandbox: Marks, client: Client, settings: Settings, environment: str
) -> None:
    if environment == "sandbox":
        sandbox.end()
    settings.ENVIRONMENT = environment
    assert client.post("/be/elif/").headers["location"] == "/signin/?next=/welcome/"
    assert client.get("/welcome/").headers["location"] == "/signin/?next=/welcome/"
    assert client.get("/running/").headers["location"] == "/signin/?next=/running/"


@pytest.mark.parametrize(
    ("minute", "said"),
    [
        (0.0, f"{QUIET} In 3 minutes: A patch of Odoo writes tax ids with spaces; Stripe refuses them."),
        (4.0, "Right now: A patch of Odoo writes tax ids with spaces; Stripe refuses them."),
        (21.9, f"{QUIET} In 1 minute: Salesforce is down for three minutes; what it should hear waits."),
        (
            55.0,
            "Right now all is quiet. In 8 minutes: A patch of Odoo writes tax ids with spaces; Stripe refuses them.",
        ),
        (64.0, "Right now: A patch of Odoo writes tax ids with spaces; Stripe refuses them."),
    ],
)
def test_it_says_what_goes_on_or_what_is_next(minute: float, said: str) -> None:
    assert tour.right_now(minute) == said


def test_a_part_that_does_not_run_is_named_with_what_starts_it_and_asked_again(
    sandbox: Marks, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "parts", lambda **_asked: [Running("Worker", running.STATUS, "bad", "bad")])
    html = text(client.get("/welcome/"))
    assert "It is starting. What does not run yet is named below." in html
    assert "`make up` starts what does not run" in html
    asked = text(client.get("/running/", headers={"HX-Request": "true"}))
    assert 'hx-trigger="every 5s"' in asked
    assert 'id="all-running" hx-swap-oob="innerHTML"' in asked


def test_once_all_run_nothing_is_asked_any_more(sandbox: Marks, client: Client) -> None:
    assert "hx-get" not in text(client.get("/running/", headers={"HX-Request": "true"}))


class TestRunning:
    """What the parts say themselves."""

    @pytest.fixture(autouse=True)
    def supervised(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        monkeypatch.setenv("INTERLOCK_VAR", str(tmp_path))
        monkeypatch.setattr("controlplane.standalone.lock.holder", lambda _file: object())
        for name in ("DATABASE_URL", "BROKER_URL", "CACHE_URL"):
            monkeypatch.setenv(name, "named")
        private_file(
            places(tmp_path).board, '[{"name": "worker", "state": "restarting"}, {"name": "beat", "state": "ready"}]'
        )

    def test_a_part_that_the_supervisor_starts_again_is_not_well(self) -> None:
        found = {part.name: part for part in running.parts()}
        assert (found["Worker"].kind, found["Worker"].sub) == ("bad", f"It is restarting. {running.STATUS}")
        assert (found["Scheduler"].kind, found["Scheduler"].words) == ("ok", "ready")
        assert not running.all_well(list(found.values()))

    def test_the_database_and_the_cache_are_asked_and_timed(self) -> None:
        found = {part.name: part for part in running.parts()}
        assert [found[name].words.endswith(" ms") for name in ("PostgreSQL", "Broker and cache")] == [True, True]

    def test_what_nobody_supervises_is_not_called_well(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("controlplane.standalone.lock.holder", lambda _file: None)
        found = {part.name: part for part in running.parts()}
        assert [found[name].words for name in ("Worker", "Scheduler")] == ["not checked", "not checked"]

    def test_a_board_that_cannot_be_read_says_nothing(self, tmp_path: Path) -> None:
        private_file(places(tmp_path).board, "{")
        assert {part.name: part.words for part in running.parts()}["Scheduler"] == "not checked"

    def test_ones_own_systems_are_counted(self) -> None:
        assert running.parts()[-1] == Running("Your own systems", "none yet", "off", "")
