"""What people see of jobs and runs, and what they can do there, with and without scripts."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db.models.functions import Now
from django.test import Client

from connectors.errors import AuthFailed, Transient
from controlplane.people.access import Access, access_for
from controlplane.people.models import Account
from controlplane.people.roles import Role
from controlplane.sync.jobs.hold import hold
from controlplane.sync.models import Deletions, SyncException, SyncJob, SyncPage, SyncRun
from controlplane.sync.rules.states import RunKind, RunState
from controlplane.sync.runs.start import start
from controlplane.transactions.rules.states import TransactionState
from tests.sync.running import arrive, claimed, lease_passes, read_on, run, settled
from tests.sync.shelf import Shelf
from tests.sync.test_schedule import since
from tests.transactions.factories import Estate, an_account, estate

pytestmark = pytest.mark.django_db
MakeJob = Callable[..., SyncJob]
SignIn = Callable[..., Client]


@pytest.fixture
def sign_in() -> SignIn:
    """A browser in which somebody is signed in."""

    def sign(account: Account) -> Client:
        client = Client()
        client.force_login(account, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return sign


@pytest.fixture
def mara(billing: Estate) -> Account:
    """The integrations' owner."""
    return an_account("Mara Lindqvist", Role.OWNER, billing.team)


@pytest.fixture
def owner(mara: Account) -> Access:
    """What the owner may do."""
    return access_for(mara)


@pytest.fixture
def browser(sign_in: SignIn, mara: Account) -> Client:
    """The owner's browser."""
    return sign_in(mara)


def url(job: SyncJob, of: SyncRun | None = None, rest: str = "") -> str:
    """The address of a job or a run."""
    here = f"/integrations/{job.integration.slug}/jobs/{job.slug}/"
    return f"{here}runs/{of.pk}/{rest}" if of is not None else here + rest


def text(response: Any, status: int = 200) -> str:
    """The words of a page."""
    assert response.status_code == status, response.content[:500]
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", response.content.decode())).split())


# -- lists ----------------------------------------------------------------------------------------


def test_integrations_show_their_jobs_health_to_everyone_signed_in(
    browser: Client, sign_in: SignIn, shelf: Shelf, job: SyncJob, owner: Access
) -> None:
    assert "Never run Parties" in text(browser.get("/integrations/"))
    shelf.fill(1)
    shelf.errors[1] = AuthFailed("The password was refused")
    run(job, owner)
    assert "Failed Parties" in text(browser.get("/integrations/"))
    board = sign_in(an_account("Petra Board", Role.BOARD, estate("other").team))
    page = board.get("/integrations/")
    assert "Failed Parties" in text(page)
    assert url(job) not in page.content.decode()
    assert "The password was refused" not in text(page)


def test_schedules_show_what_is_next_late_and_caught_up(
    browser: Client, shelf: Shelf, make_job: MakeJob, owner: Access
) -> None:
    since(make_job("sluggish", schedule="interval", every_seconds=600), hours=1)
    page = text(browser.get("/integrations/schedules/"))
    assert "1 job missed runs in 24 hours, 0 caught up." in page
    assert "Late: nobody has taken its slot. Every 10 min." in page
    assert "due, and nobody has taken it" in page
    assert "Due since" in page
    assert "every 10 min" in text(browser.get("/integrations/schedules/?view=list"))
    from controlplane.sync.runs.schedule import due_slots

    (planned,) = due_slots()
    assert planned.kind == RunKind.SCHEDULED
    page = text(browser.get("/integrations/schedules/"))
    assert f"{planned.missed} slots passed without a run; one run caught up for them: run {planned.pk}" in page
    assert "Late" not in page


def test_a_schedule_that_cannot_be_read_is_shown_with_the_reason(browser: Client, make_job: MakeJob) -> None:
    job = make_job(schedule="cron", cron="61 * * * *")
    for address in ("/integrations/schedules/", url(job)):
        page = text(browser.get(address))
        assert "Its schedule cannot be read" in page
        assert "(Bad minute)" in page
        assert "No run is planned until it is mended." in page


def test_empty_lists_say_what_to_do(sign_in: SignIn) -> None:
    client = sign_in(an_account("Otto", Role.OPERATOR))
    assert "No integration yet" in text(client.get("/integrations/"))
    assert "No sync job yet" in text(client.get("/integrations/schedules/"))


def test_nobody_sees_anything_without_signing_in(client: Client, job: SyncJob) -> None:
    for address in ("/integrations/", "/integrations/schedules/", url(job)):
        response = client.get(address)
        assert (response.status_code, response.headers["Location"]) == (302, f"/signin/?next={address}")


# -- who may look ---------------------------------------------------------------------------------


def test_a_foreign_job_looks_exactly_like_a_missing_one(
    sign_in: SignIn, shelf: Shelf, job: SyncJob, owner: Access
) -> None:
    found = run(job, owner)
    stranger = sign_in(an_account("Sam", Role.OWNER, estate("other").team))
    foreign = [url(job), url(job, found), url(job, found, "pages/")]
    missing = [url(job).replace("parties", "nothing"), url(job, found).replace(f"/{found.pk}/", "/99999/"), foreign[2]]
    for one, other in zip(foreign, missing, strict=True):
        answers = [stranger.get(address) for address in (one, other)]
        assert [answer.status_code for answer in answers] == [404, 404]
    for act in ("start/", "hold/", "cursor/", "backfill/", "let-go/"):
        assert stranger.post(url(job, rest=act), {"reason": "x"}).status_code == 404
    for act in ("pause/", "cancel/", "resume/", "release/"):
        assert stranger.post(url(job, found, act), {"reason": "x"}).status_code == 404


def test_a_run_is_found_only_under_its_own_job(
    browser: Client, shelf: Shelf, job: SyncJob, make_job: MakeJob, owner: Access
) -> None:
    found = run(job, owner)
    assert browser.get(url(make_job("others"), found)).status_code == 404


def test_who_may_only_look_sees_why_the_buttons_do_nothing(
    sign_in: SignIn, shelf: Shelf, billing: Estate, job: SyncJob, owner: Access
) -> None:
    elif_ = sign_in(an_account("Elif", Role.SUPPORT, billing.team))
    started = start(job, owner, reason="now")
    for address, buttons in (
        (url(job), ("Run now", "Backfill", "Hold", "Edit cursor")),
        (url(job, started), ("Pause", "Cancel run")),
    ):
        page = elif_.get(address).content.decode()
        for label in buttons:
            assert re.search(rf'aria-disabled="true" title="[^"]+"[^>]*>.*?{label}', page, re.DOTALL)
        assert "<form" not in page.split('id="live"')[1].split("<dialog")[0]
        assert "-dialog" not in page
    assert elif_.post(url(job, started, "cancel/"), {"reason": "x"}).status_code == 403
    started.refresh_from_db()
    assert started.state == RunState.PLANNED


@pytest.mark.parametrize(
    "query",
    ["before=x", "before=-1", "before=" + "9" * 30, "before=", "after=%00", "cause=%00", "cause=nothing&after=x"],
)
def test_a_mangled_address_is_no_error_of_ours(
    browser: Client, shelf: Shelf, job: SyncJob, owner: Access, query: str
) -> None:
    found = run(job, owner)
    for address in (url(job), url(job, found), url(job, found, "pages/"), "/integrations/"):
        assert browser.get(f"{address}?{query}").status_code in {200, 400}
    assert browser.get(url(job) + "runs/" + "9" * 40 + "/").status_code == 404


# -- a job ----------------------------------------------------------------------------------------


def test_a_job_that_never_ran_says_so(browser: Client, job: SyncJob) -> None:
    page = text(browser.get(url(job)))
    assert "Not run yet It is started by hand." in page
    assert "Read from the start Settled from the start" in page


def test_starting_by_hand_needs_a_reason_and_leads_to_the_run(browser: Client, shelf: Shelf, job: SyncJob) -> None:
    asked = browser.get(url(job) + "?ask=start").content.decode()
    assert re.search(r'<dialog[^>]*id="start-dialog"[^>]* open>', asked)
    refused = browser.post(url(job, rest="start/"), {"what": "changes", "reason": ""})
    assert "This field is required." in text(refused, 422)
    assert not SyncRun.objects.exists()
    done = browser.post(url(job, rest="start/"), {"what": "dry-full", "reason": "see first"}, follow=True)
    started = SyncRun.objects.get()
    assert done.redirect_chain == [(url(job, started), 302)]
    assert (started.kind, started.full, started.reason) == (RunKind.DRY, True, "see first")
    page = text(done)
    assert f"Run {started.pk} is planned; a worker takes it within seconds." in page
    assert f"run {started.pk}, dry run, everything, by Mara Lindqvist" in page
    again = text(browser.post(url(job, rest="start/"), {"what": "changes", "reason": "me too"}, follow=True))
    assert f"Run {started.pk} of Parties is planned; a job has one run at a time. Nothing was started." in again


def test_the_cursor_is_edited_with_a_reason(browser: Client, shelf: Shelf, job: SyncJob, owner: Access) -> None:
    shelf.fill(4)
    run(job, owner)
    form = {"cursor": '{"after": 1}', "reason": "again", "expected": '{"after": 4}'}
    for wrong, words in (({"cursor": "[1]"}, "A cursor is a JSON object"), ({"reason": ""}, "This field is required.")):
        assert words in text(browser.post(url(job, rest="cursor/"), form | wrong), 422)
    stale = text(browser.post(url(job, rest="cursor/"), form | {"expected": "{}"}, follow=True))
    assert "The cursor has moved to" in stale
    slip = text(browser.post(url(job, rest="cursor/"), form | {"cursor": '{"aftr": 1}'}, follow=True))
    assert "No cursor of this job had aftr before" in slip
    job.refresh_from_db()
    assert job.read_cursor == {"aftr": 1}


def test_a_backfill_is_started_from_the_page(browser: Client, shelf: Shelf, job: SyncJob) -> None:
    form = {"cursor": '{"after": 3}', "reason": "lost", "force": "on"}
    browser.post(url(job, rest="backfill/"), form)
    found = SyncRun.objects.get()
    assert (found.kind, found.cursor, found.force) == (RunKind.BACKFILL, {"after": 3}, True)


def test_a_job_is_held_and_let_go(browser: Client, make_job: MakeJob) -> None:
    job = make_job(schedule="cron", cron="0 2 * * *")
    page = text(browser.post(url(job, rest="hold/"), {"reason": "migration"}, follow=True))
    assert "by Mara Lindqvist. migration" in page
    assert "Held by Mara Lindqvist" in page
    assert "Let it go" in page
    page = text(browser.post(url(job, rest="let-go/"), follow=True))
    assert "Runs are planned again, from the next slot on." in page
    assert "Held" not in page.replace("Held…", "")


def test_runs_are_listed_newest_first_page_by_page(browser: Client, job: SyncJob) -> None:
    made = [
        SyncRun.objects.create(job=job, kind="manual", slot=Now() - timedelta(hours=n), state="done", finished_at=Now())
        for n in range(30)
    ]
    first = browser.get(url(job)).content.decode()
    shown = [int(found) for found in re.findall(r"/runs/(\d+)/", first)]
    assert shown == [one.pk for one in reversed(made)][:25]
    older = re.search(r'href="([^"]*before=\d+)"', first)
    assert older is not None
    second = browser.get(older[1]).content.decode()
    assert [int(found) for found in re.findall(r"/runs/(\d+)/", second)] == [one.pk for one in reversed(made)][25:]


# -- a run ----------------------------------------------------------------------------------------


def test_a_run_says_how_far_it_is_and_what_did_not_get_through(
    browser: Client, shelf: Shelf, make_job: MakeJob, owner: Access
) -> None:
    job = make_job(key_field="code")
    shelf.fill(7)
    shelf.put("p8", name="no code")
    found = run(job, owner)
    page = text(browser.get(url(job, found)))
    assert "Read, still arriving" in page
    assert "8 read everything is read, 7 still on their way" in page
    assert "7 changed, passed on 1 rejected when read" in page
    arrive(job, "p1", state=TransactionState.DEAD, error_class="rejected.tax_id_invalid", reason="Spaces in it.")
    arrive(job)
    settled(found)
    page = text(browser.get(url(job, found)))
    assert "Done, 2 not through" in page
    assert "Exceptions 2 records, 2 causes" in page
    assert "Tax id invalid rejected.tax_id_invalid" in page
    one = SyncException.objects.get(cause="rejected.tax_id_invalid")
    opened = browser.get(url(job, found) + "?cause=rejected.tax_id_invalid")
    assert "p1 Spaces in it. 1 open" in text(opened)
    assert f'href="/tx/{one.transaction_id}/"' in opened.content.decode()
    assert "p8 'code' is empty or missing 3 not passed on" in text(browser.get(url(job, found) + "?cause=missing_key"))


def test_a_run_is_compared_with_the_one_before(browser: Client, shelf: Shelf, job: SyncJob, owner: Access) -> None:
    shelf.fill(4)
    before = run(job, owner, full=True)
    found = run(job, owner, full=True)
    page = text(browser.get(url(job, found)))
    assert f"Compared with run {before.pk}" in page
    assert "Changed 0 % 100 %" in page


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (AuthFailed("The password was refused"), "Failed: auth_failed . The password was refused."),
        (Transient("Tryton did not answer"), "Tryton did not answer. Try 2 follows by itself."),
    ],
)
def test_a_run_that_failed_or_waits_says_why(
    browser: Client, shelf: Shelf, job: SyncJob, owner: Access, error: Exception, words: str
) -> None:
    shelf.fill(2)
    shelf.errors[1] = error
    assert words in text(browser.get(url(job, run(job, owner))))


def test_a_silent_worker_is_never_shown_as_running(browser: Client, shelf: Shelf, job: SyncJob, owner: Access) -> None:
    started = start(job, owner, reason="now")
    claimed()
    assert "Running" in text(browser.get(url(job, started)))
    lease_passes()
    page = text(browser.get(url(job, started)))
    assert "No sign of life, about to be taken over" in page
    assert "Running" not in page
    assert "No sign of life" in text(browser.get("/integrations/schedules/"))


def test_a_run_is_paused_resumed_and_cancelled_from_its_page(
    browser: Client, shelf: Shelf, job: SyncJob, owner: Access
) -> None:
    started = start(job, owner, reason="now")
    assert "This field is required." in text(browser.post(url(job, started, "pause/"), {"reason": " "}), 422)
    page = text(browser.post(url(job, started, "pause/"), {"reason": "stock-taking"}, follow=True))
    assert "Paused by Mara Lindqvist: stock-taking" in page
    assert "Resume" in page
    page = text(browser.post(url(job, started, "resume/"), follow=True))
    assert f"Run {started.pk} goes on from page 1." in page
    again = text(browser.post(url(job, started, "resume/"), follow=True))
    assert f"Run {started.pk} is planned, not paused; nothing was changed." in again
    page = text(browser.post(url(job, started, "cancel/"), {"reason": "wrong company"}, follow=True))
    assert "Cancelled by Mara Lindqvist: wrong company" in page
    late = text(browser.post(url(job, started, "cancel/"), {"reason": "again"}, follow=True))
    assert f"Run {started.pk} is cancelled already; there is nothing to cancel." in late


def test_the_brake_is_released_from_the_page(
    browser: Client, listing_shelf: Shelf, make_job: MakeJob, owner: Access
) -> None:
    job = make_job(deletions=Deletions.AFTER_EACH, deleted_share=0.1, deleted_free=0)
    listing_shelf.fill(4)
    run(job, owner)
    listing_shelf.lose("p1", "p2")
    found = run(job, owner)
    page = text(browser.get(url(job, found)))
    assert "It stopped itself. 2 of 4 known records are gone at the source (50 %)" in page
    assert "Stopped itself, waits for a person" in text(browser.get(url(job)))
    done = text(browser.post(url(job, found, "release/"), {"reason": "test records"}, follow=True))
    assert "The brake is released; the run goes on and deletes them." in done
    assert read_on().swept == 2


def test_a_page_that_follows_is_given_only_what_changes(
    browser: Client, shelf: Shelf, job: SyncJob, owner: Access
) -> None:
    started = start(job, owner, reason="now")
    for address in (url(job, started), url(job), "/integrations/", "/integrations/schedules/"):
        whole = browser.get(address).content.decode()
        assert re.search(rf'data-follows="[^"]+" hx-trigger="interlock:hint"\s+hx-get="{address}"', whole)
        fragment = browser.get(address, headers={"HX-Request": "true"})
        assert "<html" not in fragment.content.decode()
        assert "<dialog" not in fragment.content.decode()


def test_a_run_that_is_done_does_not_follow(browser: Client, shelf: Shelf, job: SyncJob, owner: Access) -> None:
    found = run(job, owner)
    page = browser.get(url(job, found)).content.decode()
    assert not re.search(r'id="live"[^>]*data-follows', page)
    assert "There was nothing new to read." in page


def test_all_pages_with_their_cursors(browser: Client, shelf: Shelf, make_job: MakeJob, owner: Access) -> None:
    job = make_job(page_size=1)
    shelf.fill(30)
    found = run(job, owner)
    assert SyncPage.objects.filter(run=found).count() == 30
    first = text(browser.get(url(job, found, "pages/")))
    assert '{"after": 30}' in first
    assert '{"after": 5}' not in first
    assert '{"after": 5}' in text(browser.get(url(job, found, "pages/?before=6")))
    run_page = browser.get(url(job, found)).content.decode()
    assert "records a second on average" in run_page


def test_held_jobs_are_shown_as_held_everywhere(browser: Client, make_job: MakeJob, owner: Access) -> None:
    job = make_job(schedule="cron", cron="0 2 * * *")
    hold(job, owner, reason="migration")
    for address in ("/integrations/", "/integrations/schedules/", url(job)):
        assert "Held by Mara Lindqvist" in text(browser.get(address))
