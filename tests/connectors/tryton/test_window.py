"""Nothing is lost and nothing loops, whatever people and transactions do while a stream is read."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from connectors.messages import Page
from connectors.tryton.reading import pages
from connectors.tryton.window import Window
from tests.connectors.tryton.fake_tryton import RESOURCE, FakeTryton

OVERLAP = timedelta(minutes=5)
NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


def at_once(coroutine: Any) -> Any:
    """The result of a coroutine that waits for nobody."""
    try:
        coroutine.send(None)
    except StopIteration as done:
        return done.value
    raise AssertionError("it waited")


class Reading(RuleBasedStateMachine):
    """One reader that may break off anywhere, over an ERP where anything may happen between two pages."""

    def __init__(self) -> None:
        super().__init__()
        self.erp = FakeTryton()
        self.cursor: dict[str, Any] = {}
        self.seen: dict[str, Any] = {}
        self.stream: AsyncIterator[Page] | None = None
        self.skew = timedelta()

    @initialize(skew=st.integers(-3600, 3600))
    def our_clock_is_another(self, skew: int) -> None:
        self.skew = timedelta(seconds=skew)

    @rule(seconds=st.sampled_from([0, 1, 30, 299, 300, 1000]))
    def time_goes_by(self, seconds: int) -> None:
        self.erp.tick(timedelta(seconds=seconds), longest=OVERLAP)

    @rule(count=st.integers(1, 5), now=st.booleans())
    def people_make(self, count: int, now: bool) -> None:
        self.erp.make(count, now=now)

    @rule(data=st.data(), part=st.booleans(), now=st.booleans())
    def people_edit(self, data: st.DataObject, part: bool, now: bool) -> None:
        if self.erp.rows:
            chosen = st.lists(st.sampled_from(sorted(self.erp.rows)), min_size=1, max_size=4, unique=True)
            self.erp.edit(data.draw(chosen), part=part, now=now)

    @precondition(lambda self: self.erp.open)
    @rule(data=st.data())
    def a_transaction_ends(self, data: st.DataObject) -> None:
        self.erp.commit(data.draw(st.integers(0, len(self.erp.open) - 1)))

    @rule()
    def one_page_is_read(self) -> None:
        self.stream = self.stream or self._started()
        try:
            page = at_once(self.stream.__anext__())
        except StopAsyncIteration:
            self.stream = None
            return
        self.seen |= {record.id: record.fields["value"] for record in page.records}
        self.cursor = dict(page.cursor)

    @rule()
    def a_window_is_read_to_its_end(self) -> None:
        self._window()

    @rule()
    def the_erp_rests_while_the_reader_reads_on(self) -> None:
        for _ in range(2):
            self.erp.tick(OVERLAP, longest=OVERLAP)
            self._window()

    @rule()
    def the_reader_is_killed(self) -> None:
        self.stream = None

    def _started(self) -> AsyncIterator[Page]:
        return pages(
            self.erp,  # type: ignore[arg-type] # it answers what reading asks
            RESOURCE,
            self.cursor,
            lambda: self.erp.clock + self.skew,
            size=2,
            overlap=OVERLAP,
        )

    def _window(self) -> None:
        """Read the window that is under way, or a new one, to its end; more pages than rows would be a loop."""
        for _ in range(len(self.erp.rows) + 3):
            self.one_page_is_read()
            if self.stream is None:
                return
        raise AssertionError("the window has no end")

    def teardown(self) -> None:
        """People go home; the reader reads on."""
        while self.erp.open:
            self.erp.commit(0)
        self.stream = None
        for _ in range(2):  # the window that was broken off, and one more
            self._window()
        assert self.seen == self.erp.state()
        self.the_erp_rests_while_the_reader_reads_on()
        self.stream = self._started()
        assert at_once(self.stream.__anext__()).records == ()


TestReading = Reading.TestCase
TestReading.settings = settings(max_examples=300, stateful_step_count=30, deadline=None)


def test_a_window_starts_the_overlap_before_the_newest_stamp_that_was_there_when_the_last_one_opened() -> None:
    window = Window().opened(newest=NOON, now=NOON).walked(9).closed(OVERLAP)

    assert window.cursor() == {
        "since": "2026-11-21T11:55:00.000000Z",
        "upto": "2026-11-21T12:00:00.000000Z",
        "upto_seen": "2026-11-21T12:00:00.000000Z",
    }


def test_a_stream_at_rest_for_the_overlap_starts_behind_what_was_read() -> None:
    first = Window().opened(NOON, now=NOON).closed(OVERLAP)

    rested = first.opened(NOON, now=NOON + OVERLAP).closed(OVERLAP)

    assert rested.since == NOON + timedelta(microseconds=1)


def test_a_long_walk_is_no_rest() -> None:
    walked_for_an_hour = Window().opened(NOON, now=NOON).walked(1_000_000)

    assert walked_for_an_hour.closed(OVERLAP).since == NOON - OVERLAP


def test_the_deletion_of_the_newest_record_does_not_turn_the_cursor_back() -> None:
    later = Window(since=NOON).opened(NOON - timedelta(days=1), now=NOON)

    assert later.closed(OVERLAP).since == NOON


def test_an_empty_system_leaves_an_empty_cursor() -> None:
    assert Window().opened(None, now=NOON).closed(OVERLAP).since is None


@pytest.mark.parametrize(
    ("edited", "since"),
    [
        ("2026-11-21T12:00:00Z", NOON),
        ("2026-11-21T13:00:00+01:00", NOON),
        ("2026-11-21 12:00", NOON),
        ("2026-11-21", datetime(2026, 11, 21, tzinfo=UTC)),
    ],
)
def test_a_person_writes_a_time_in_any_iso_form(edited: str, since: datetime) -> None:
    assert Window.from_cursor({"since": edited}).since == since


def test_a_cursor_survives_being_saved() -> None:
    window = Window(since=NOON).opened(NOON, now=NOON).walked(4711)

    assert Window.from_cursor(window.cursor()) == window
