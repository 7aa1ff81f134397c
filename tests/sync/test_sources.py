"""What the source says, and what becomes of the run: errors, credentials, echoes of our own writes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import OperationalError
from django.db.models.functions import Now

from connectors.errors import (
    AuthFailed,
    ConnectorError,
    ContractBroken,
    NotSupported,
    RateLimited,
    Refused,
    Rejected,
    Transient,
)
from connectors.messages import Secret
from controlplane.credentials import providers
from controlplane.foundation.ids import uuid7
from controlplane.people.access import Access
from controlplane.sync import sources
from controlplane.sync.models import SyncJob
from controlplane.sync.rules import backoff
from controlplane.sync.rules.states import RunState
from controlplane.sync.runs import echoes, read
from controlplane.sync.runs.commit import commit_page
from controlplane.sync.runs.start import start
from controlplane.transactions.models import Written
from controlplane.transactions.rules import fingerprints
from tests.sync.running import accepted, bodies, counters, due_time_comes, lease_passes, read_on, run
from tests.sync.shelf import Shelf
from tests.transactions.factories import Estate

MakeJob = Callable[..., SyncJob]


@pytest.mark.parametrize(
    ("failures", "retry_after", "jitter", "seconds"),
    [
        (1, None, 0.0, 10),
        (1, None, 0.5, 11),
        (2, None, 0.0, 30),
        (7, None, 0.0, 3600),
        (8, None, 0.0, None),
        (8, 5.0, 0.0, None),
        (1, 120.0, 0.0, 120),
        (1, 3.0, 0.0, 10),
        (1, 1e9, 0.0, 86_400),
        (1, -5.0, 0.0, 10),
    ],
)
def test_how_long_a_run_waits(failures: int, retry_after: float | None, jitter: float, seconds: float | None) -> None:
    assert backoff.wait(failures, retry_after=retry_after, jitter=jitter) == seconds


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("error", "error_class"),
    [
        (AuthFailed("The password was refused"), "auth_failed"),
        (Rejected("the cursor's 'after' is -1 and not an id"), "rejected"),
        (ContractBroken("Tryton sent a record without create_date", detail="no_stamp"), "contract_broken.no_stamp"),
        (Refused("10.0.0.1 is a private address"), "refused"),
        (NotSupported("Shelf has no stream 'sale'"), "not_supported"),
        (ValueError("a defect"), "defect"),
    ],
)
def test_what_no_retry_mends_ends_the_run_in_words(
    shelf: Shelf, job: SyncJob, owner: Access, error: Exception, error_class: str
) -> None:
    shelf.fill(6)
    shelf.errors[2] = error
    found = run(job, owner)
    assert (found.state, found.error_class, found.pages) == (RunState.FAILED, error_class, 1)
    assert found.note.endswith("Everything up to the last page is kept; the next run goes on from there.")
    if isinstance(error, ConnectorError):
        assert found.note.lower().startswith(error.reason.lower())
    assert counters(run(job, owner)) == {"read": 3, "changed": 3}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("error", "least"),
    [
        (Transient("Tryton did not answer"), 10),
        (RateLimited("Slow down", retry_after=120.0), 120),
        (Transient("Maintenance", retry_after=2.0), 10),
    ],
)
def test_what_may_pass_makes_the_run_wait_in_its_row_and_go_on_by_itself(
    shelf: Shelf, job: SyncJob, owner: Access, error: Exception, least: float
) -> None:
    shelf.fill(6)
    shelf.errors[2] = error
    found = run(job, owner)
    assert (found.state, found.failures, found.lease_token) == (RunState.WAITING, 1, None)
    assert found.note.endswith("Try 2 follows by itself.")
    seconds = (found.due_at - now()).total_seconds()
    assert least - 1 <= seconds <= least * 1.2
    due_time_comes()
    ended = read_on("worker-2")
    assert (ended.pk, ended.failures, ended.takeovers) == (found.pk, 0, 0)
    assert counters(ended) == {"read": 6, "changed": 6}


def now() -> Any:
    """The database's clock."""
    return SyncJob.objects.annotate(now=Now()).values_list("now", flat=True)[0]


@pytest.mark.django_db
def test_a_source_that_stays_away_is_given_up_after_two_hours(shelf: Shelf, job: SyncJob, owner: Access) -> None:
    shelf.fill(1)
    shelf.errors = dict.fromkeys(range(1, 20), Transient("Tryton did not answer"))
    found = run(job, owner)
    for _ in backoff.DELAYS:
        assert found.state == RunState.WAITING
        due_time_comes()
        found = read_on()
    assert (found.state, found.error_class) == (RunState.FAILED, "transient")
    assert found.note.startswith("Tryton did not answer.")


@pytest.mark.django_db
def test_a_page_that_does_not_come_in_time_is_a_failure_that_may_pass(
    shelf: Shelf, job: SyncJob, owner: Access, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sources, "SHARE_OF_LEASE", 0.0002)
    shelf.fill(1)
    shelf.hangs = True
    found = run(job, owner)
    assert (found.state, found.note) == (
        RunState.WAITING,
        "No page came within 0.008 seconds; smaller pages may help. Try 2 follows by itself.",
    )


@pytest.fixture
def locked_job(billing: Estate, make_job: MakeJob) -> Iterator[SyncJob]:
    """A job whose source asks for the password in SHELF_PASSWORD."""
    billing.credential.references = {"password": "env://SHELF_PASSWORD"}
    billing.credential.save()
    providers.forget()
    yield make_job(credential=billing.credential)
    providers.forget()


@pytest.mark.django_db
def test_secrets_are_resolved_for_the_reading_and_a_refusal_forgets_them(
    shelf: Shelf, locked_job: SyncJob, owner: Access, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHELF_PASSWORD", "first")
    shelf.fill(2)
    shelf.errors[1] = AuthFailed("The password was refused")
    assert run(locked_job, owner).state == RunState.FAILED
    monkeypatch.setenv("SHELF_PASSWORD", "rotated")
    run(locked_job, owner)
    assert shelf.context is not None
    assert shelf.context.secrets == {"password": Secret("rotated")}


@pytest.mark.django_db
def test_a_secret_that_the_source_says_aloud_is_not_kept(
    shelf: Shelf, locked_job: SyncJob, owner: Access, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHELF_PASSWORD", "open-sesame")
    shelf.fill(1)
    shelf.errors[1] = Rejected("The password open-sesame is not enough", detail="denied_open-sesame")
    found = run(locked_job, owner)
    assert found.error_class == "rejected.denied_•••"
    assert found.note.startswith("The password ••• is not enough.")


@pytest.mark.django_db
@pytest.mark.parametrize(("passing", "state"), [(True, RunState.WAITING), (False, RunState.FAILED)])
def test_a_secret_that_cannot_be_had(
    shelf: Shelf,
    billing: Estate,
    make_job: MakeJob,
    owner: Access,
    monkeypatch: pytest.MonkeyPatch,
    passing: bool,
    state: RunState,
) -> None:
    def away(_references: Any) -> Any:
        raise providers.SecretUnavailable("vault://kv/erp#password", "the vault does not answer", passing=passing)

    monkeypatch.setattr(providers, "resolve_all", away)
    found = run(make_job(credential=billing.credential), owner)
    assert found.state == state
    assert found.note.startswith("A secret could not be had: vault://kv/erp#password: the vault does not answer.")


@pytest.mark.django_db
def test_a_connector_that_does_not_exist_is_said(job: SyncJob, owner: Access, billing: Estate) -> None:
    system = billing.source.system
    system.connector = "abacus"
    system.save()
    found = run(job, owner)
    assert (found.state, found.error_class) == (RunState.FAILED, "not_supported")
    assert found.note.startswith("There is no connector 'abacus'")


def written(estate: Estate, identifier: str, record: Any, version: int | None) -> None:
    """We wrote this record ourselves."""
    Written.objects.create(
        instance=estate.source,
        resource="party",
        external_id=identifier,
        fingerprint=fingerprints.of_record(record, {"touched"}),
        version=version,
        step_run_id=uuid7(),
        at=Now(),
    )


@pytest.mark.django_db
def test_what_we_wrote_ourselves_is_counted_and_not_passed_on(
    shelf: Shelf, billing: Estate, job: SyncJob, owner: Access
) -> None:
    by_version = shelf.put("p1", name="Ours, and touched by the system")
    by_fingerprint = shelf.put("p2", name="Ours", touched="later")
    shelf.put("p3", name="Theirs, over ours")
    shelf.put("p4", name="Theirs")
    written(billing, "p1", {"name": "something else"}, by_version.version)
    written(billing, "p2", {"id": "p2", "name": "Ours", "empty": None}, None)
    written(billing, "p3", {"id": "p3", "name": "Ours"}, 1)
    found = run(job, owner)
    assert counters(found) == {"read": 4, "changed": 2, "echo": 2}
    assert accepted() == [("party.changed", "p3"), ("party.changed", "p4")]
    assert by_fingerprint.fields["touched"] == "later"
    again = run(job, owner, full=True)
    assert counters(again) == {"read": 4, "unchanged": 4}


@pytest.mark.django_db
def test_what_we_wrote_elsewhere_is_no_echo(shelf: Shelf, billing: Estate, job: SyncJob, owner: Access) -> None:
    record = shelf.put("p1", name="Party 1")
    for instance, resource in ((billing.erp, "party"), (billing.source, "sale")):
        Written.objects.create(
            instance=instance,
            resource=resource,
            external_id="p1",
            fingerprint=fingerprints.of_record(record.fields),
            version=record.version,
            step_run_id=uuid7(),
            at=Now(),
        )
    assert counters(run(job, owner)) == {"read": 1, "changed": 1}


@pytest.mark.django_db
def test_an_edit_that_is_undone_before_anybody_came_to_it_is_passed_on(
    shelf: Shelf, billing: Estate, job: SyncJob, owner: Access
) -> None:
    shelf.put("p1", name="Ours")
    written(billing, "p1", {"id": "p1", "name": "Ours"}, None)
    assert counters(run(job, owner)) == {"read": 1, "echo": 1}
    shelf.put("p1", name="Theirs")
    assert counters(run(job, owner)) == {"read": 1, "changed": 1}
    shelf.put("p1", name="Ours")
    assert counters(run(job, owner)) == {"read": 1, "changed": 1}
    assert [body["name"] for body in bodies()] == ["Theirs", "Ours"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("told", "counted"), [("party.deleted", {"read": 1, "changed": 1}), ("", {"read": 1, "echo": 1})]
)
def test_what_was_deleted_at_the_targets_and_is_made_again_as_we_had_written_it_is_passed_on(
    shelf: Shelf, billing: Estate, make_job: MakeJob, owner: Access, told: str, counted: dict[str, int]
) -> None:
    job = make_job(deleted_type=told)
    shelf.put("p1", name="Ours")
    written(billing, "p1", {"id": "p1", "name": "Ours"}, None)
    assert counters(run(job, owner)) == {"read": 1, "echo": 1}
    shelf.bury("p1")
    assert counters(run(job, owner)) == {"read": 1, "deleted": 1}
    shelf.put("p1", name="Ours")
    assert counters(run(job, owner)) == counted


@pytest.mark.django_db
@pytest.mark.parametrize("known", [99, None], ids=["a later version", "the same state"])
def test_a_mark_of_a_write_that_ended_while_the_page_came_stays(
    shelf: Shelf, billing: Estate, job: SyncJob, owner: Access, known: int | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The page does not know of it yet; processing will, and says that the record is stale, or our own."""
    record = shelf.put("p1", name="Ours")
    written(billing, "p1", record.fields if known is None else {"name": "Ours, later"}, known)
    mark = Written.objects.get()
    monkeypatch.setattr(echoes, "own", lambda _run, _differing: set())
    assert counters(run(job, owner)) == {"read": 1, "changed": 1}
    assert (Written.objects.get().fingerprint, Written.objects.get().version) == (mark.fingerprint, known)


@pytest.mark.django_db
def test_a_database_that_is_away_leaves_the_run_to_the_next_worker(
    shelf: Shelf, job: SyncJob, owner: Access, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_args: Any, **_kwargs: Any) -> None:
        message = "server closed the connection unexpectedly"
        raise OperationalError(message)

    shelf.fill(2)
    start(job, owner, reason="now")
    monkeypatch.setattr(read, "commit_page", away)
    with pytest.raises(OperationalError):
        read_on()
    monkeypatch.setattr(read, "commit_page", commit_page)
    lease_passes()
    assert counters(read_on("worker-2")) == {"read": 2, "changed": 2}
