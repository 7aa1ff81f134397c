"""Two systems keep the same customers, people edit in both, webhooks are as bad as they come: then there is silence.

Every change is posted twelve times over; an edit that somebody saved twice is reported newest first; and reports of
long ago turn up after all. Both sides end equal, each edit is written once, and nothing goes round in circles.
"""

from __future__ import annotations

import random
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from controlplane.audit.models import Actor
from controlplane.console.estate.apply import apply
from controlplane.credentials import providers
from controlplane.people.access import Access
from controlplane.people.models import Team
from controlplane.people.roles import Role
from controlplane.sync.models import SyncJob
from controlplane.transactions.models import Inbox, StepQueue, Transaction
from controlplane.transactions.pipeline.carrier import Carrier
from controlplane.transactions.pipeline.catalogue import Catalogue
from controlplane.transactions.rules.states import TransactionState
from tests.sync.running import run
from tests.sync.sides import Report, Side, install
from tests.transactions import carrying
from tests.transactions.factories import an_access
from tests.transactions.ingress.door import Door, close_door, open_door

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(120)]
soak = [pytest.mark.soak, pytest.mark.timeout(3600)]

#: Identical posts of each change.
COPIES = 12
#: Changes whose posts arrive together, in any order.
TOGETHER = 25
#: Every so many-th customer's edit is saved twice; and of so many-th one's first report is late by everything else.
TWICE, LATE = 4, 5


class Pair:
    """The two sides, their jobs, and the post between them and us."""

    def __init__(self, left: Side, right: Side, doors: dict[str, Door], owner: Access) -> None:
        self.left, self.right = left, right
        self.late: list[Report] = []
        self._doors, self._owner = doors, owner
        self._chance = random.Random(2611)  # noqa: S311 - the same in every run

    def post(self, reports: Sequence[Report]) -> None:
        """Post these, those that come first before those that come later, but each with its copies in any order."""
        for start in range(0, len(reports), TOGETHER):
            part = reports[start : start + TOGETHER]
            answers: dict[Report, Counter[int]] = {report: Counter() for report in part}
            for slug, door in self._doors.items():
                copies = [report for report in part if report.side == slug for _ in range(COPIES)]
                self._chance.shuffle(copies)
                requests = [(report.body, self._headers(door, report)) for report in copies]
                for report, answer in zip(copies, door.all(requests), strict=True):
                    answers[report][answer.status] += 1
            # One of them is an event; the others are told that it is known.
            assert all(told == {202: 1, 200: COPIES - 1} for told in answers.values()), answers

    def settle(self, late: Callable[[Report], bool] = lambda _report: False) -> None:
        """Carry everything on, and post what is reported meanwhile except what is ``late``, until nothing moves."""
        quiet = False
        until = time.monotonic() + 1800
        while not quiet:
            assert time.monotonic() < until
            before = self.left.changes + self.right.changes
            reports = [*self.left.reports(), *self.right.reports()]
            self.late += filter(late, reports)
            self.post([report for report in reports if not late(report)])
            idle = not reports and not Inbox.objects.exists() and not StepQueue.objects.exists()
            quiet = idle and before == self.left.changes + self.right.changes
            time.sleep(0 if reports else 0.02)

    def read(self, slug: str) -> int:
        """A job's run, to its end; how many records it found changed."""
        return run(SyncJob.objects.get(slug=slug), self._owner).changed

    @staticmethod
    def _headers(door: Door, report: Report) -> dict[str, str]:
        return door.signed(report.body, {"webhook-id": report.id})


@pytest.fixture
def pair(monkeypatch: pytest.MonkeyPatch, settings: Any) -> Iterator[Pair]:
    """Two sides, and all of us between them: an ingress, a worker, and the jobs."""
    monkeypatch.setenv("SIDES_SECRET", carrying.SECRET)
    settings.SWEEP_SECONDS = 0.05
    providers.forget()
    left, right = install(monkeypatch, "left", "right")
    apply(yaml.safe_load((Path(__file__).parent / "two_sides.yaml").read_text()), actor=Actor(label="sides"))
    door, thread = open_door(slug="left", scheme="standard_webhooks")
    other = Door(door.ingress, door.loop, slug="right", scheme="standard_webhooks")
    owner = an_access(Role.OWNER, Team.objects.get(slug="customers"))
    carrier = Carrier(Catalogue())
    carrier.start()
    try:
        yield Pair(left, right, {"left": door, "right": other}, owner)
    finally:
        carrier.stop(10)
        close_door(door, thread)


@pytest.mark.parametrize(
    ("customers", "silence"), [(40, 0.0), pytest.param(10_000, 600.0, marks=soak)], ids=["forty", "ten thousand"]
)
def test_both_sides_end_equal_each_edit_is_written_once_and_then_there_is_silence(
    pair: Pair, customers: int, silence: float
) -> None:
    codes = [f"C-{number:05}" for number in range(customers)]
    for code in codes:
        pair.left.edit(code, f"Customer {code}")
    pair.left.reports()  # from before anybody listened; the job reads what there is
    assert pair.read("left") == customers
    pair.settle(late=lambda report: int(report.code[2:]) % LATE == 0)
    assert pair.right.names == pair.left.names
    assert Counter(pair.right.written) == Counter((code, f"Customer {code}") for code in codes)

    _edit(pair, pair.left, codes, "Left")
    late = pair.late.copy()
    assert len(late) == len(codes[::LATE])
    pair.post(late)  # what the right side was like before
    pair.settle()
    _edit(pair, pair.right, codes, "Right")
    pair.post([_again(report) for report in late])
    pair.settle()

    expected = {code: f"Right {code}" for code in codes}
    assert (pair.left.names, pair.right.names) == (expected, expected)
    assert Counter(pair.left.written) == Counter(expected.items())
    assert Counter(pair.right.written) == Counter(
        [*((code, f"Customer {code}") for code in codes), *((code, f"Left {code}") for code in codes)]
    )
    _silent(pair, customers, silence)


def _edit(pair: Pair, side: Side, codes: Sequence[str], who: str) -> None:
    """Somebody edits every customer at one side; some are saved twice, and the second time is reported first."""
    for start in range(0, len(codes), TOGETHER):
        part = codes[start : start + TOGETHER]
        drafts = [side.edit(code, f"{who} draft {code}") for code in part[::TWICE]]
        final = [side.edit(code, f"{who} {code}") for code in part]
        side.reports()
        pair.post(final)
        pair.post(drafts)
    pair.settle()


def _again(report: Report) -> Report:
    """The same as it was then, reported as if it were new."""
    return replace(report, id=f"{report.id}-again")


def _silent(pair: Pair, customers: int, silence: float) -> None:
    """Nobody edits anything: whatever reads, and however often, nothing is written and nothing is reported."""
    names = pair.left.names
    # A job does not know what webhooks have brought already: once, it brings the right side's edits again.
    assert (pair.read("left"), pair.read("right")) == (0, customers)
    pair.settle()
    written = [pair.left.written.copy(), pair.right.written.copy()]
    changes = [pair.left.changes, pair.right.changes]
    until, turns = time.monotonic() + silence, 0
    while turns < 3 or time.monotonic() < until:
        assert (pair.read("left"), pair.read("right")) == (0, 0)
        pair.settle()
        turns += 1
        time.sleep(min(10.0, silence))
    assert [pair.left.written, pair.right.written] == written
    assert [pair.left.changes, pair.right.changes] == changes
    assert (pair.left.names, pair.right.names) == (names, names)
    states = set(Transaction.objects.values_list("state", flat=True))
    assert states == {TransactionState.SUCCEEDED, TransactionState.IGNORED}
    sys.stderr.write(f"\n{customers} customers, {Transaction.objects.count()} transactions, {turns} turns of silence\n")
