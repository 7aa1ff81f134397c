"""A write with a key is done once, however often it is sent."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db import connections, transaction

from controlplane.foundation import clock
from controlplane.foundation.ids import digest_uuid
from controlplane.people.models import KeptAnswer
from controlplane.people.rest import once
from controlplane.people.roles import Role
from controlplane.people.tasks import forget_answers
from controlplane.transactions.models import DeadLetter, DeedEntry, Replay
from tests.people.rest.asking import Program, a_program
from tests.transactions.factories import Estate, an_account, estate
from tests.transactions.views.reading import told


@pytest.fixture
def here(db: None) -> Estate:
    cache.clear()
    return estate(erp_connector="webhook")


@pytest.fixture
def program(here: Estate) -> Program:
    return a_program(an_account("Elif Kaya", Role.OWNER, here.team), Role.OWNER, here.team)


def test_the_same_write_again_gets_the_same_answer(here: Estate, program: Program) -> None:
    run = str(told(here, fails_at="invoice").runs["invoice"].id)
    asked = {"letters": [run], "reason": "The ledger is back."}
    first = program.post("replays", asked, key="k-1")
    again = program.post("replays", dict(reversed(asked.items())), key="k-1")
    assert (first.status_code, again.status_code, again.content) == (202, 202, first.content)
    assert (first.headers.get("idempotent-replayed"), again.headers["idempotent-replayed"]) == (None, "true")
    assert Replay.objects.count() == 1
    assert program.post("replays", asked, key="k-2").status_code == 409


def test_a_key_belongs_to_one_request_of_one_caller(here: Estate, program: Program) -> None:
    cause = _cause(here)
    assert program.post(f"{cause}/notes", {"text": "one"}, key="k-1").status_code == 201
    other = program.post(f"{cause}/notes", {"text": "two"}, key="k-1")
    assert (other.status_code, other.json()["field"]) == (422, "Idempotency-Key")
    assert program.post(f"{cause}/acknowledge", key="k-1").status_code == 422
    stranger = a_program(an_account("Sam Ortega", Role.OWNER, here.team), Role.OWNER, here.team)
    assert stranger.post(f"{cause}/notes", {"text": "one"}, key="k-1").status_code == 201
    assert DeedEntry.objects.count() == 2


def test_what_was_refused_is_not_kept_and_the_key_may_be_used_again(here: Estate, program: Program) -> None:
    cause = _cause(here)
    assert program.post(f"{cause}/wake", key="k-1").status_code == 409
    assert program.post(f"{cause}/acknowledge", key="k-1").status_code == 200
    assert KeptAnswer.objects.count() == 1


@pytest.mark.parametrize("key", ["", " ", "a b", "é", "x" * 256])
def test_a_key_that_cannot_be_one_is_refused(here: Estate, program: Program, key: str) -> None:
    headers = {"Authorization": f"Bearer {program.secret}", "Idempotency-Key": key}
    answer = program.client.post(f"/api/v1/{_cause(here)}/acknowledge", "{}", "application/json", headers=headers)
    assert (answer.status_code, answer.json()["field"]) == (400, "Idempotency-Key")


def test_after_a_day_the_key_is_free_and_the_answer_gone(here: Estate, program: Program) -> None:
    cause = _cause(here)
    program.post(f"{cause}/notes", {"text": "one"}, key="k-1")
    KeptAnswer.objects.update(at=clock.now() - timedelta(hours=24, minutes=1))
    assert program.post(f"{cause}/notes", {"text": "one"}, key="k-1").headers.get("idempotent-replayed") is None
    assert DeedEntry.objects.count() == 2
    KeptAnswer.objects.update(at=clock.now() - timedelta(hours=24, minutes=1))
    forget_answers()
    assert KeptAnswer.objects.count() == 0


def test_while_the_first_is_at_work_the_second_is_told_to_wait(here: Estate, program: Program) -> None:
    assert program.token is not None
    place = digest_uuid(program.token.pk.bytes, b"k-1")
    held, done = threading.Event(), threading.Event()

    def first() -> None:
        with transaction.atomic():
            once._locked(place)
            held.set()
            done.wait(20)
        connections.close_all()

    other = threading.Thread(target=first)
    other.start()
    try:
        assert held.wait(20)
        answer = program.post(f"{_cause(here)}/acknowledge", key="k-1")
    finally:
        done.set()
        other.join()
    assert (answer.status_code, answer.headers["retry-after"]) == (409, "1")
    assert "still at work" in answer.json()["detail"]


def _cause(here: Estate) -> str:
    run = told(here, fails_at="invoice").runs["invoice"].id
    return f"dead-letters/causes/{DeadLetter.objects.get(pk=run).fingerprint}"
