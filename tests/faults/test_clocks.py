"""Machines whose clocks do not agree: leases do not care, signatures do within their window, and the doctor says so."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from django.db import connection

from controlplane.standalone.choices import PROJECT
from controlplane.transactions.models import Inbox, Refusal
from tests.faults.accounts import account_of
from tests.faults.ingress_process import database_url, ingress_process, signed
from tests.faults.plants import SECRET, drained, nothing_was_lost, planted
from tests.faults.sender import Sender
from tests.faults.target import Target
from tests.foundation.web_server import said, statuses
from tests.standalone.waiting import until
from tests.transactions import carrying
from tests.transactions.factories import estate

pytestmark = [pytest.mark.faults, pytest.mark.timeout(240), pytest.mark.xdist_group("clocks")]

HOUR = 3600
WORKER = ["celery", "--quiet", "-A", "controlplane.celery", "worker", "-P", "threads", "-n", "skewed@%h"]


@pytest.mark.parametrize("ahead", [HOUR, -HOUR])
def test_a_worker_an_hour_ahead_or_behind_takes_nothing_over_and_loses_nothing(ahead: int) -> None:
    """Leases end by the database's clock, whatever a worker's own says (invariant 3)."""
    with Target() as target, planted(target) as plant:
        command = [sys.executable, "-m", "tests.faults.skewed", str(ahead), *WORKER]
        skewed = subprocess.Popen(command, cwd=PROJECT, env=plant.environment)
        try:
            with Sender(plant.url("/in/faults"), SECRET, rate=100) as sender:
                until(lambda: len(sender.acknowledged) >= 1000, within=90)
            until(lambda: drained(plant), within=120)
            assert skewed.poll() is None
        finally:
            skewed.kill()
            skewed.wait()
        nothing_was_lost(plant, target, sender)
        account = account_of(plant, target)
        assert (account.extra, account.unexplained, dict(account.explained_by)) == (0, {}, {})


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("ahead", "status", "why"), [(60, 202, []), (-60, 202, []), (HOUR, 401, ["stale"]), (-HOUR, 401, ["future"])]
)
def test_a_signature_is_judged_by_the_ingresss_clock_and_a_minute_does_not_matter(
    monkeypatch: pytest.MonkeyPatch, ahead: int, status: int, why: list[str]
) -> None:
    monkeypatch.setenv("BILLING_WEBHOOK_SECRET", carrying.SECRET)
    slug = estate(event_id="event.id").endpoint.slug
    with ingress_process(ahead=ahead) as process:
        event = signed(1)
        lines = [f"POST /in/{slug} HTTP/1.1", "host: x", f"content-length: {len(event['data'])}"]
        lines += [f"{name}: {value}" for name, value in event["headers"].items()]
        raw = said(process.port, "\r\n".join([*lines, "", ""]).encode() + event["data"])
        assert statuses(raw) == [status]
        until(lambda: list(Refusal.objects.values_list("reason", flat=True)) == why)
    assert Inbox.objects.count() == (status == 202)


@pytest.mark.django_db(transaction=True)
def test_the_doctor_notices(monkeypatch: pytest.MonkeyPatch) -> None:
    connection.ensure_connection()
    environment = os.environ | {"DATABASE_URL": database_url(), "DJANGO_SETTINGS_MODULE": "controlplane.settings"}
    command = [sys.executable, "-m", "tests.faults.skewed", str(HOUR), "django", "doctor"]
    done = subprocess.run(command, cwd=PROJECT, env=environment, capture_output=True, text=True, check=False)
    (line,) = [one for one in done.stdout.splitlines() if " clock " in one]
    assert line.startswith("bad ")
    assert "signatures are refused as too old" in line
