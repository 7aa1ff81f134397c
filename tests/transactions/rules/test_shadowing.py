"""What two versions send for one event, compared."""

from __future__ import annotations

import pytest

from controlplane.transactions.rules.shadowing import (
    MOST_PLACES,
    Request,
    Sending,
    Step,
    What,
    compared,
    differing,
    grouped,
    worst,
)

PAY = Step("pay", "ledger", "erp", "send")
TELL = Step("pay", "notify", "chat", "post")


def sends(*requests: Request) -> Sending:
    return Sending(requests=requests)


@pytest.mark.parametrize(
    ("old", "new", "places"),
    [
        ({"a": 1}, {"a": 1}, []),
        ({"a": 1, "b": 2}, {"b": 2, "a": 1}, []),
        ({"a": 1}, {"a": "1"}, ["/a"]),
        ({"a": 1}, {"a": True}, ["/a"]),
        ({"a": 1}, {"a": 1.0}, ["/a"]),
        ({"a": None}, {}, ["/a"]),
        ({"lines": [{"n": 1}, {"n": 2}]}, {"lines": [{"n": 1}, {"n": 3}]}, ["/lines/1/n"]),
        ({"lines": [1]}, {"lines": [1, 2]}, ["/lines/1"]),
        ({"a/b": {"~": 1}}, {"a/b": {"~": 2}}, ["/a~1b/~0"]),
        (1, 2, ["/"]),
    ],
)
def test_each_place_that_differs_is_named(old: object, new: object, places: list[str]) -> None:
    assert list(differing(old, new)) == places


def test_what_is_another_thing_altogether_is_told_so_far() -> None:
    assert len(list(differing({str(n): n for n in range(500)}, {}))) == MOST_PLACES


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        (sends(Request(PAY, {"a": 1})), sends(Request(PAY, {"a": 1})), What.SAME),
        (sends(Request(PAY, {"a": 1})), sends(Request(PAY, {"a": 2})), What.DIFFERS),
        (sends(Request(PAY, {"a": 1})), sends(), What.LOST),
        (sends(), sends(Request(PAY, {"a": 1})), What.GAINED),
        (sends(Request(PAY, {})), sends(Request(PAY, None, "no such key", fails=True)), What.FAILS),
        (sends(Request(PAY, None, "no such key", fails=True)), sends(Request(PAY, {})), What.GAINED),
        (sends(Request(PAY, None, "x", fails=True)), sends(Request(PAY, None, "y", fails=True)), What.SAME),
        (sends(Request(PAY, None, "x", fails=True)), sends(), What.SAME),
        (sends(), sends(Request(PAY, None, "no such key", fails=True)), What.FAILS),
        (sends(Request(PAY, None, "not answered")), sends(Request(PAY, {})), What.UNTOLD),
        (sends(Request(PAY, None, "not answered")), sends(Request(PAY, None, "not answered")), What.UNTOLD),
        (sends(Request(PAY, {})), Sending("currency: too short", aside=True), What.FAILS),
        (sends(Request(PAY, {})), Sending("No flow takes it."), What.LOST),
        (Sending("currency: too short"), sends(Request(PAY, {})), What.GAINED),
        (Sending("currency: too short"), Sending("No flow takes it."), What.SAME),
    ],
)
def test_what_becomes_of_a_request(old: Sending, new: Sending, what: What) -> None:
    assert [one.what for one in compared(old, new)] == [what]


def test_an_event_is_as_bad_as_its_worst_request() -> None:
    old = sends(Request(PAY, {"a": 1}), Request(TELL, {"text": "x"}))
    new = sends(Request(PAY, {"a": 2}))
    found = compared(old, new)
    assert [(one.what, one.step) for one in found] == [(What.DIFFERS, PAY), (What.LOST, TELL)]
    assert worst(found) is What.LOST
    assert worst([]) is What.SAME


def test_differences_are_told_by_what_they_have_in_common() -> None:
    lines = [
        (str(number), compared(sends(Request(PAY, {"l": [1, 2]})), sends(Request(PAY, {"l": [3, 4]}))))
        for number in range(5)
    ]
    lost = [("x", compared(sends(Request(PAY, {})), Sending("too short")))]
    groups = grouped([*lines, *lost], 3)
    assert [(one.what, one.step, one.place, one.count, one.examples) for one in groups] == [
        (What.LOST, None, "", 1, ["x"]),
        (What.DIFFERS, PAY, "/l/*", 5, ["0", "1", "2"]),
    ]
