"""Destinations over the API: how each is, held, let go on, limited."""

from __future__ import annotations

from datetime import timedelta

import pytest

from controlplane.audit.models import AuditRecord
from controlplane.foundation import clock
from controlplane.people.roles import Role
from tests.transactions.factories import Estate, estate
from tests.transactions.rest.asking import Programs

pytestmark = pytest.mark.django_db


def test_everybody_sees_how_destinations_are(here: Estate, program: Programs) -> None:
    found = program(Role.BOARD, estate("sales").team).get("destinations").json()["destinations"]
    assert [(one["slug"], one["state"], one["waiting"]) for one in found if one["slug"].startswith("billing")] == [
        ("billing-erp", "Well", 0),
        ("billing-notify", "Well", 0),
    ]


def test_its_owner_holds_it_lets_it_go_on_and_limits_it(here: Estate, program: Programs) -> None:
    asking, until = program(Role.OWNER), (clock.now() + timedelta(hours=2)).replace(microsecond=0)
    held = asking.post("destinations/billing-erp/pause", {"reason": "Month end.", "until": until.isoformat()}).json()
    assert (held["paused"], held["paused_until"], held["pause_reason"]) == (
        True,
        f"{until:%Y-%m-%dT%H:%M:%SZ}",
        "Month end.",
    )
    assert asking.post("destinations/billing-erp/resume", {"reason": "Closed."}).json()["paused"] is False
    assert asking.post("destinations/billing-erp/resume", {"reason": "Closed."}).status_code == 409
    limits = {"reason": "They asked for it.", "max_in_flight": 4, "rate_per_second": 0.5}
    limited = asking.post("destinations/billing-erp/limit", limits).json()
    assert (limited["max_in_flight"], limited["rate_per_second"]) == (4, 0.5)
    wrong = asking.post("destinations/billing-erp/limit", limits | {"max_in_flight": 0})
    assert (wrong.status_code, wrong.json()["field"]) == (422, "max_in_flight")
    acts = AuditRecord.objects.filter(subject_kind="destination").order_by("id")
    assert [(one.action, one.via) for one in acts] == [
        ("destination.paused", "api"),
        ("destination.resumed", "api"),
        ("destination.limited", "api"),
    ]


def test_who_does_not_own_what_writes_there_may_not_hold_it(here: Estate, program: Programs) -> None:
    refused = program(Role.OWNER, estate("sales").team).post("destinations/billing-erp/pause", {"reason": "x"})
    assert refused.status_code == 403
    assert program(Role.OWNER, name="Olga Berg").get("destinations/none").status_code == 404
