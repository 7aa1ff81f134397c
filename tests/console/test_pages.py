"""The frame, the audit page, how pages look, and what is shown when something is refused or breaks."""

from __future__ import annotations

import json
import re
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from pytest_django import Settings

from controlplane.audit.models import SYSTEM, ChainCheck, Via
from controlplane.audit.selectors import newest
from controlplane.audit.services import check_chain, record
from controlplane.console import errors, shell, views
from controlplane.console.middleware import PageMiddleware
from controlplane.console.templatetags import kit
from controlplane.foundation import clock
from controlplane.foundation.errors import Invalid, NotAllowed, TooMany
from controlplane.foundation.ids import uuid7
from controlplane.inventory.models import Environment, Integration
from controlplane.people.access import NOBODY, Access, access_for
from controlplane.people.models import Team
from controlplane.people.roles import Role
from controlplane.people.services import create_account
from controlplane.transactions.models import DeadLetter
from tests.console.conftest import SignedIn

AUDIT = "/access/audit/"


def test_whoever_is_not_signed_in_begins_there(client: Client) -> None:
    assert client.get("/").headers["location"] == "/signin/?next=/"


@pytest.mark.django_db
@pytest.mark.parametrize("address", [AUDIT, "/gallery/"])
def test_pages_are_for_signed_in_people(address: str, client: Client) -> None:
    assert client.get(address).headers["location"] == f"/signin/?next={address}"


@pytest.mark.django_db
class TestFrame:
    def test_it_says_where_one_is_who_one_is_and_in_which_environment(
        self, signed_in: SignedIn, settings: Settings
    ) -> None:
        settings.ENVIRONMENT = "staging"
        html = _html(signed_in(Role.AUDITOR).get(AUDIT))

        assert '<a href="/access/audit/" aria-current="page" data-go="a"' in html
        assert "<small>Staging</small>" in html
        assert '<b>Elif Kaya</b><br><span class="dim">Auditor</span>' in html
        assert html.count("<h1") == 1

    def test_areas_that_a_person_can_never_have_are_not_offered(self, signed_in: SignedIn) -> None:
        refused = signed_in(Role.SUPPORT).get(AUDIT)

        assert refused.status_code == 403
        assert 'data-go="t"' in _html(refused)
        assert '<a href="/access/policies/" aria-current="page" data-go="a"' in _html(refused)
        assert 'href="/access/audit/"' not in _html(refused)

    def test_a_count_stands_beside_its_area_and_says_of_what(
        self, signed_in: SignedIn, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def waiting(access: Access) -> shell.Count:
            assert access.name == "Elif Kaya"
            return shell.Count(41, "open dead letters", hot=True)

        area = shell.Area("Transactions", "tx", "/tx/", "t", count=waiting, follows="dead-letters")
        monkeypatch.setattr(shell, "NAV", (area, *shell.NAV[1:]))
        html = _html(signed_in(Role.AUDITOR).get(AUDIT))
        assert '<span class="count hot">41<span class="sr"> open dead letters</span></span>' in html

    def test_dead_letters_of_ones_teams_that_wait_for_somebody_are_counted(self, signed_in: SignedIn) -> None:
        billing, sales = (Team.objects.create(slug=slug, name=slug) for slug in ("billing", "sales"))
        for team, resolved in ((billing, None), (billing, None), (billing, clock.now()), (sales, None)):
            _dead_letter(team, resolved)
        account = create_account("tom@example.test", "Tom", "correct horse battery", [(Role.SUPPORT, billing)])

        assert shell.open_dead_letters(access_for(account)) == shell.Count(2, "open dead letters", hot=True)
        assert shell.open_dead_letters(NOBODY) == shell.Count(0, "open dead letters", hot=True)

    def test_very_many_are_not_counted_to_the_end(self) -> None:
        assert [shell.Count(number, "x").shown for number in (7, 1000, 1001)] == ["7", "1,000", "1,000+"]

    def test_an_area_with_nothing_waiting_has_no_number(
        self, signed_in: SignedIn, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        area = shell.Area("Transactions", "tx", "/tx/", "t", count=lambda _access: shell.Count(0, "open dead letters"))
        monkeypatch.setattr(shell, "NAV", (area,))
        assert 'class="count"' not in _html(signed_in(Role.AUDITOR).get(AUDIT))

    def test_a_count_can_be_asked_for_by_itself_and_only_where_there_is_one(self, signed_in: SignedIn) -> None:
        _dead_letter(Team.objects.create(slug="billing", name="Billing"), None)
        client = signed_in(Role.OPERATOR)
        counted = client.get("/count/t/")
        assert counted.content.decode().strip() == (
            '<span class="count hot">1<span class="sr"> open dead letters</span></span>'
        )
        for letter in ("o", "x", "tt"):
            assert client.get(f"/count/{letter}/").status_code == 404
        assert Client().get("/count/t/").headers["location"] == "/signin/?next=/count/t/"

    def test_times_name_their_zone(self, signed_in: SignedIn, settings: Settings) -> None:
        settings.TIME_ZONE = "Europe/Vienna"
        html = _html(signed_in(Role.AUDITOR).get(AUDIT))
        assert 'data-clock="Europe/Vienna"' in html
        assert "Times are Europe/Vienna" in html

    def test_it_costs_eight_queries(self, signed_in: SignedIn, django_assert_num_queries: Any) -> None:
        client = signed_in(Role.SUPPORT)
        with django_assert_num_queries(8) as asked:
            client.get("/nowhere/")
        *queries, bell = [query["sql"] for query in asked.captured_queries]
        tables = [re.search(r'FROM (?:\(SELECT .*? FROM )?"(\w+)"', query) for query in queries]
        assert [found and found[1] for found in tables] == [
            "django_session",
            "people_account",
            "inventory_environment",
            "people_membership",
            "dead_letter",
            "governance_changerequest",
            "transactions_savedview",
        ]
        assert bell.startswith("SELECT COUNT(*) FROM ((SELECT")
        assert bell.count(" UNION ALL ") == 8, "changes, waivers, consumers, causes, letters, replays, exports"

    def test_no_cache_keeps_it(self, signed_in: SignedIn) -> None:
        assert signed_in(Role.AUDITOR).get(AUDIT).headers["cache-control"] == "private, no-store"

    def test_nothing_in_it_breaks_the_content_security_policy(self, signed_in: SignedIn) -> None:
        answer = signed_in(Role.OPERATOR).get("/gallery/")
        html = _html(answer)

        assert "script-src 'self';" in answer.headers["content-security-policy"] + ";"
        assert "<script>" not in html
        assert " onclick=" not in html
        assert "javascript:" not in html
        config = json.loads(html.split('name="htmx-config" content=\'')[1].split("'")[0])
        assert config["allowEval"] is config["allowScriptTags"] is config["includeIndicatorStyles"] is False
        assert config["historyCacheSize"] == 0


@pytest.mark.django_db
class TestLook:
    def test_a_choice_is_kept_and_the_page_wears_it(self, signed_in: SignedIn) -> None:
        client = signed_in(Role.AUDITOR)
        answer = client.post("/look/", {"theme": "dark", "next": f"{AUDIT}?before=9"})

        assert answer.headers["location"] == f"{AUDIT}?before=9"
        assert (answer.cookies["interlock_theme"].value, answer.cookies["interlock_theme"]["httponly"]) == (
            "dark",
            True,
        )
        html = _html(client.get(AUDIT))
        assert '<html lang="en" data-theme="dark" data-density="standard" data-keys="on">' in html
        assert 'name="theme" value="dark" aria-pressed="true">Dark</button>' in html

    def test_htmx_changes_it_in_place(self, client: Client) -> None:
        answer = client.post("/look/", {"density": "compact"}, headers={"HX-Request": "true"})

        assert answer.status_code == 204
        assert json.loads(answer.headers["HX-Trigger"]) == {"interlock:look": {"density": "compact"}}
        assert answer.cookies["interlock_density"].value == "compact"

    @pytest.mark.parametrize("back", ["https://evil.example/", "//evil.example", "javascript:x", ""])
    def test_one_is_led_back_only_within_this_site(self, client: Client, back: str) -> None:
        assert client.post("/look/", {"keys": "off", "next": back}).headers["location"] == "/"

    def test_a_choice_that_does_not_exist_is_refused(self, client: Client) -> None:
        answer = client.post("/look/", {"theme": "pink"})
        assert answer.status_code == 400
        assert "&#x27;pink&#x27; is no theme; there are: system, light, dark." in _html(answer)

    def test_a_cookie_with_nonsense_is_ignored(self, client: Client) -> None:
        client.cookies["interlock_theme"] = '"><script>'
        assert 'data-theme="system"' in _html(client.get("/signin/"))


@pytest.mark.django_db
class TestAudit:
    def test_it_lists_the_newest_first_with_who_what_and_why(self, signed_in: SignedIn) -> None:
        html = _html(signed_in(Role.AUDITOR).get(AUDIT))

        assert html.index("role.granted") < html.index("person.created")
        assert "name <b>Elif Kaya</b>" in html
        assert "Not checked yet." in html

    def test_what_a_detail_is_called_does_not_matter(self, signed_in: SignedIn) -> None:
        client = signed_in(Role.AUDITOR)
        with transaction.atomic():
            record("replay.requested", actor=SYSTEM, via=Via.SYSTEM, details={"items": 3, "values": "x", "queued": 2})

        assert "items <b>3</b>, queued <b>2</b>, values <b>x</b>" in _html(client.get(AUDIT))

    def test_who_may_not_see_it_is_told_who_may(self, signed_in: SignedIn) -> None:
        answer = signed_in(Role.OWNER).get(AUDIT)

        assert answer.status_code == 403
        html = _html(answer)
        assert "Your roles do not let you read the audit here" in html
        assert "“Platform operator” or “Auditor” may" in html
        assert "person.created" not in html

    def test_older_records_are_a_page_away(self, signed_in: SignedIn, monkeypatch: pytest.MonkeyPatch) -> None:
        client = signed_in(Role.AUDITOR)
        monkeypatch.setattr("controlplane.audit.selectors.newest", lambda before: newest(before=before, size=1))

        first = client.get(AUDIT)
        assert first.context["older"] == f"{AUDIT}?before=2"
        second = client.get(first.context["older"])
        assert [record.action for record in second.context["page"].records] == ["person.created"]
        assert (second.context["newest"], second.context["older"]) == (AUDIT, "")

    def test_a_page_beyond_the_first_record_says_so(self, signed_in: SignedIn) -> None:
        assert "The chain begins after this place." in _html(signed_in(Role.AUDITOR).get(f"{AUDIT}?before=1"))

    @pytest.mark.parametrize("before", ["x", "-1", "1.5", "", "9" * 19, "١"])
    def test_a_place_that_is_no_number_is_refused(self, before: str, signed_in: SignedIn) -> None:
        answer = signed_in(Role.AUDITOR).get(AUDIT, {"before": before})
        assert answer.status_code == 400
        assert "is no record&#x27;s number" in _html(answer)

    def test_checking_now_walks_the_chain_and_says_what_it_found(self, signed_in: SignedIn) -> None:
        client = signed_in(Role.AUDITOR)
        html = _html(client.post(f"{AUDIT}check/", follow=True))

        assert "2 records checked: the chain is unbroken." in html
        assert "<b>2 records, unbroken</b> when checked" in html
        assert ChainCheck.objects.get().by_label == "Elif Kaya"

    def test_a_check_that_ran_out_of_time_is_not_called_unbroken(
        self, signed_in: SignedIn, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(views, "CHECK_SECONDS", 0.0)
        html = _html(signed_in(Role.AUDITOR).post(f"{AUDIT}check/", follow=True))

        assert "<b>The first 1 records fit</b>" in html
        assert "unbroken" not in html

    def test_a_broken_chain_is_a_red_banner_that_names_the_record(self, signed_in: SignedIn) -> None:
        client = signed_in(Role.AUDITOR)
        _tamper("update audit_auditrecord set reason = 'nothing' where id = 1")
        html = _html(client.post(f"{AUDIT}check/", follow=True))

        assert 'class="note bad" role="alert"' in html
        assert "The chain is broken at record 1." in html
        assert "Record 1 was changed after it was written." in html
        assert "unbroken" not in html

    def test_a_changed_record_is_seen_on_its_page_before_anybody_checks(self, signed_in: SignedIn) -> None:
        client = signed_in(Role.AUDITOR)
        check_chain(by=SYSTEM)
        _tamper("update audit_auditrecord set reason = 'nothing' where id = 1")
        html = _html(client.get(AUDIT))

        assert "Records on this page were changed after they were written." in html
        assert 'aria-label="changed after it was written"' in html
        assert "unbroken" not in html

    def test_an_old_check_is_shown_as_old(self, signed_in: SignedIn, monkeypatch: pytest.MonkeyPatch) -> None:
        client = signed_in(Role.AUDITOR)
        check_chain(by=SYSTEM)
        tomorrow = clock.now() + timedelta(hours=27)
        monkeypatch.setattr("controlplane.foundation.clock.now", lambda: tomorrow)

        html = _html(client.get(AUDIT))
        assert "that is more than a day ago" in html
        assert '<div class="note"><svg class="g" width="13" height="13" data-s="off"' in html

    def test_checking_is_for_those_who_may_see_it(self, signed_in: SignedIn) -> None:
        assert signed_in(Role.SUPPORT).post(f"{AUDIT}check/").status_code == 403
        assert ChainCheck.objects.count() == 0


@pytest.mark.django_db
class TestRefusals:
    def test_an_unknown_address_is_told_within_the_frame(self, signed_in: SignedIn) -> None:
        answer = signed_in(Role.SUPPORT).get("/nowhere/")

        assert answer.status_code == 404
        html = _html(answer)
        assert "<h1>There is nothing here</h1>" in html
        assert 'aria-label="Main"' in html

    def test_and_without_the_frame_to_strangers(self, client: Client) -> None:
        answer = client.get("/nowhere/")
        assert answer.status_code == 404
        assert 'aria-label="Main"' not in _html(answer)

    def test_a_machine_gets_a_problem_document(self, client: Client) -> None:
        answer = client.get("/nowhere/", headers={"accept": "application/json"})

        assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json")
        assert answer.json()["type"] == "urn:interlock:problem:not-found"

    def test_htmx_gets_a_toast_because_its_page_stays(self, client: Client) -> None:
        answer = client.post("/look/", {"theme": "pink"}, headers={"HX-Request": "true"})

        assert answer.status_code == 400
        assert (answer.headers["HX-Retarget"], answer.headers["HX-Reswap"]) == ("#toasts", "beforeend")
        assert answer.content.decode().startswith('<div class="toast" role="status">')

    def test_whoever_must_wait_is_told_how_long(self, rf: RequestFactory) -> None:
        assert errors.refused(rf.get("/"), TooMany("Slow down.", retry_after=1.2)).headers["Retry-After"] == "2"

    @pytest.mark.parametrize(("problem", "status"), [(Invalid("No."), 422), (NotAllowed("No."), 403)])
    def test_a_problem_in_a_view_becomes_its_page(self, rf: RequestFactory, problem: Any, status: int) -> None:
        middleware = PageMiddleware(_unreachable)
        answer = middleware.process_exception(rf.get("/"), problem)

        assert answer is not None
        assert answer.status_code == status
        assert middleware.process_exception(rf.get("/"), RuntimeError()) is None

    def test_a_defect_of_ours_gives_a_reference_and_no_detail(self, signed_in: SignedIn, monkeypatch: Any) -> None:
        def broken(**_more: Any) -> None:
            message = "the password is hunter2"
            raise RuntimeError(message)

        client = signed_in(Role.AUDITOR)
        client.raise_request_exception = False
        monkeypatch.setattr("controlplane.audit.selectors.newest", broken)
        answer = client.get(AUDIT, headers={"traceparent": f"00-{'ab' * 16}-{'cd' * 8}-01"})

        assert answer.status_code == 500
        assert "Reference <code>abababab-abab-abab-abab-abababababab</code>" in _html(answer)
        assert "hunter2" not in _html(answer)


def test_the_page_for_defects_needs_no_database_session_or_cache(rf: RequestFactory) -> None:
    # No django_db mark: touching the database here would fail the test.
    html = _html(errors.server_error(rf.get("/")))
    assert "<h1>Something broke on our side</h1>" in html
    assert errors.server_error(rf.get("/", headers={"accept": "application/json"})).status_code == 500


@pytest.mark.django_db
class TestGallery:
    def test_it_shows_every_part_to_operators(self, signed_in: SignedIn) -> None:
        assert signed_in(Role.OPERATOR).get("/gallery/").status_code == 200

    def test_for_others_it_does_not_exist(self, signed_in: SignedIn) -> None:
        assert signed_in(Role.OWNER).get("/gallery/").status_code == 404

    def test_every_part_of_the_kit_is_in_it(self) -> None:
        text = "".join(_source(name) for name in ("console/gallery.html", "components/shell.html"))
        shown = set(re.findall(r"\{% (\w+)", text))
        inside_others_only = {"glyph", "hue", "literal", "shape", "sprite", "state_glyph", "tone"}
        assert set(kit.register.tags) - shown == inside_others_only


def _dead_letter(team: Team, resolved_at: datetime | None) -> None:
    environment, _ = Environment.objects.get_or_create(slug="production", defaults={"name": "Production"})
    integration, _ = Integration.objects.get_or_create(slug=team.slug, team=team, environment=environment)
    ids = uuid7()
    DeadLetter.objects.create(
        step_run_id=ids,
        transaction_id=ids,
        integration=integration,
        fingerprint=ids,
        error_class="rejected",
        reason="400 tax_id_invalid",
        required=True,
        died_at=clock.now(),
        resolved_at=resolved_at,
    )


def _html(answer: Any) -> str:
    """The page without the formatter's line breaks."""
    return " ".join(answer.content.decode().split()).replace("> <", "><").replace(" >", ">")


def _source(name: str) -> str:
    return (Path(settings.BASE_DIR) / "templates" / name).read_text()


def _unreachable(_request: HttpRequest) -> HttpResponse:
    raise AssertionError


def _tamper(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("alter table audit_auditrecord disable trigger user")
        cursor.execute(statement)
        cursor.execute("alter table audit_auditrecord enable trigger user")
