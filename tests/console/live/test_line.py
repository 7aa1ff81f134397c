"""Who is told what, in turn: nobody is forgotten, nobody twice, and who waits for something is told first."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from controlplane.console.live.line import Line, Turn
from controlplane.console.live.topics import KINDS, Topic

ARRIVALS, REPLAY, TRAFFIC = Topic("arrivals"), Topic("replay", "7"), Topic("traffic")


def test_an_empty_line_has_nobodys_turn() -> None:
    line: Line[str] = Line()
    assert (bool(line), line.take()) == (False, None)


def test_each_is_told_once_of_all_that_changed_until_their_turn() -> None:
    line: Line[str] = Line()
    line.add("elif", {ARRIVALS})
    line.add("mara", {ARRIVALS})
    line.add("elif", {TRAFFIC})
    assert line.take() == Turn("elif", frozenset({ARRIVALS, TRAFFIC}))
    assert line.take() == Turn("mara", frozenset({ARRIVALS}))
    assert line.take() is None


def test_who_waits_for_something_is_told_before_others_and_of_all_of_it() -> None:
    line: Line[str] = Line()
    line.add("elif", {ARRIVALS})
    line.add("mara", {ARRIVALS})
    line.add("mara", {REPLAY})
    assert line.take() == Turn("mara", frozenset({ARRIVALS, REPLAY}))
    assert line.take() == Turn("elif", frozenset({ARRIVALS}))


def test_who_left_has_no_turn() -> None:
    line: Line[str] = Line()
    line.add("elif", {ARRIVALS, REPLAY})
    assert line.remove("elif") == {ARRIVALS, REPLAY}
    assert line.remove("elif") == frozenset()
    assert not line


@given(
    st.lists(
        st.tuples(st.sampled_from("abcdef"), st.sets(st.sampled_from([Topic(kind) for kind in KINDS]), min_size=1))
        | st.none(),
        max_size=60,
    )
)
def test_whatever_changes_everybody_is_told_of_everything_in_the_end(
    steps: list[tuple[str, set[Topic]] | None],
) -> None:
    line: Line[str] = Line()
    owed: dict[str, set[Topic]] = {}
    for step in [*steps, *[None] * 6]:
        if step is not None:
            line.add(*step)
            owed.setdefault(step[0], set()).update(step[1])
        elif (turn := line.take()) is not None:
            assert turn.changed == owed.pop(turn.reader)
    assert (owed, line.take()) == ({}, None)
