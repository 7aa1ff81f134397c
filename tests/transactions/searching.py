"""Searching as the page does, at the time of the story."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from controlplane.people.access import Access
from controlplane.transactions.search import run
from controlplane.transactions.search.conditions import Moment
from controlplane.transactions.search.grammar import parse
from controlplane.transactions.search.plan import Plan, plan
from controlplane.transactions.search.reference import Reference
from tests.transactions.traffic import NOW

VIENNA = ZoneInfo("Europe/Vienna")


def planned(text: str, access: Access, now: datetime = NOW) -> Plan:
    """What is asked of the database for a search in Vienna."""
    return plan(parse(text, Reference().kinds), access, Moment(now, VIENNA), text)


def found(text: str, access: Access, now: datetime = NOW, limit: int = 50) -> list[UUID]:
    """The ids of what a search finds, the newest first."""
    rows = run.newest(planned(text, access, now), "t.id", limit, run.Deadline(), now=now).rows
    return [row["id"] for row in rows]
