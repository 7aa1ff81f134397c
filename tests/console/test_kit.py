"""The kit: what templates write, and the HTML that becomes of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pytest_django import Settings

from controlplane.console.components import amounts, figures, marks, payloads, traces
from controlplane.transactions.rules.states import StepState, TransactionState

Render = Callable[..., str]
ERP = {"monogram": "Od", "name": "Odoo ERP", "hue": 330}


def test_every_status_has_a_shape_of_its_own_in_the_sprite() -> None:
    assert len(marks.TONES) == 9
    assert {f"g-{kind}" for kind in marks.TONES} <= marks.symbols()
    assert set(marks.WORDS) == set(marks.TONES)
    drawn = {kind: str(marks.sprite()).split(f'id="g-{kind}"')[1].split("</symbol>")[0] for kind in marks.TONES}
    assert len(set(drawn.values())) == 9


def test_every_state_there_is_has_a_shape_and_words_and_no_other_does(render: Render) -> None:
    named = {member.name.lower() for states in (TransactionState, StepState) for member in states}
    assert named | {"paused"} == set(marks.STATES)
    assert {kind for kind, _words in marks.STATES.values()} <= set(marks.TONES)
    assert render("{% state one %}", one=TransactionState.DEAD) == render("{% state 'dead' %}")


def test_a_status_is_told_by_shape_colour_and_word(render: Render) -> None:
    assert render("{% state 'dead' %}") == (
        '<span class="st" data-s="bad"><svg class="g" width="13" height="13" data-s="bad" aria-hidden="true">'
        '<use href="#g-dead"/></svg>Dead letter</span>'
    )
    assert 'role="img" aria-label="Outcome unknown"' in render("{% state_glyph 'unknown' %}")


def test_a_name_that_does_not_exist_is_a_defect_not_a_blank(render: Render) -> None:
    with pytest.raises(LookupError, match="no symbol 'i-serach'"):
        render("{% icon 'serach' %}")
    with pytest.raises(KeyError):
        render("{% status 'fine' 'Fine' %}")
    with pytest.raises(ValueError, match="no button variant 'primery'"):
        render("{% button 'Go' variant='primery' %}")


def test_text_from_outside_is_never_markup(render: Render) -> None:
    evil = '"><script>alert(1)</script>'
    for text in (
        "{% status 'ok' evil %}",
        "{% tag evil %}",
        "{% button evil href=evil title=evil %}",
        "{% chip evil href=evil %}",
        "{% system s %}",
        "{% empty 'tx' evil %}{{ evil }}{% endempty %}",
        "{% panel evil sub=evil extra=evil %}{{ evil }}{% endpanel %}",
        "{% payload body %}",
        "{% mapping pairs before=evil after=evil %}",
        "{% query evil text=evil hint=evil problem=evil %}",
        "{% kv items %}",
        "{% seg parts evil %}",
    ):
        html = render(
            text,
            evil=evil,
            s={"monogram": evil, "name": evil, "hue": 1},
            body={evil: [evil]},
            pairs=[{"source": evil, "before": evil, "rule": evil, "target": evil, "after": evil}],
            items=[(evil, evil)],
            parts=[{"count": 1, "tone": "ok"}],
        )
        assert "<script" not in html, text


def test_a_button_that_cannot_be_pressed_says_why_and_is_no_submit(render: Render) -> None:
    html = render("{% button 'Replay 24…' disabled_reason='step 4 comes first' type='submit' name='go' key='R' %}")

    assert html == (
        '<button class="btn" type="button" aria-disabled="true" title="step 4 comes first">Replay 24…<kbd>R</kbd>'
        '<span class="sr"> (not now: step 4 comes first)</span></button>'
    )


def test_a_button_passes_attributes_on(render: Render) -> None:
    html = render("{% button 'Go' hx_post='/x/' disabled=yes hidden=no formnovalidate=none %}", yes=True, no=False)
    assert html == '<button class="btn" type="button" hx-post="/x/" disabled formnovalidate="">Go</button>'
    assert render("{% button 'Replay' key='R' href='/r/' %}") == (
        '<a class="btn" href="/r/" data-key="r" data-key-label="Replay">Replay<kbd>R</kbd></a>'
    )


def test_a_control_without_a_visible_word_still_has_a_name(render: Render) -> None:
    assert '<span class="sr">More</span>' in render("{% button 'More' icon='dots' label_hidden=True %}")


def test_a_tile_takes_its_hue_from_the_inventory_and_interlock_is_grey(render: Render) -> None:
    assert render("{% system erp %}", erp=ERP) == (
        '<span class="sys" data-system="hued" style="--hue:330" title="Odoo ERP" role="img" aria-label="Odoo ERP">'
        "Od</span>"
    )
    assert 'data-system="plain" title="Interlock"' in render("{% system none %}", none=None)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "0.00 s"),
        (0.161, "0.16 s"),
        (0.999, "1.00 s"),
        (1.94, "1.9 s"),
        (9.94, "9.9 s"),
        (9.96, "10 s"),
        (59.4, "59 s"),
        (59.6, "1 min"),
        (242, "4 min 2 s"),
        (3600, "1 h"),
        (6480, "1 h 48 min"),
        (86400 * 3 + 3600 * 4 + 59, "3 d 4 h"),
        (timedelta(minutes=15), "15 min"),
        (None, ""),
        ("", ""),
    ],
)
def test_a_duration_is_told_in_two_units_at_most(seconds: Any, words: str) -> None:
    assert amounts.duration(seconds) == words


def test_a_time_is_shown_in_the_zone_of_the_pages_with_utc_beside_it(settings: Settings) -> None:
    settings.TIME_ZONE = "Europe/Vienna"
    at = datetime(2019, 11, 23, 13, 32, 5, 120, tzinfo=UTC)

    assert amounts.moment(at, "time") == (
        '<time datetime="2019-11-23T13:32:05.000120Z" title="2019-11-23 13:32:05 UTC">14:32:05</time>'
    )
    assert ">23 Nov 2019<" in amounts.moment(at)
    assert ">23 Nov 2019 14:32:05<" in amounts.moment(at, "full")
    assert amounts.moment(None) == ""


@pytest.mark.parametrize(
    ("now", "shown"),
    [
        (datetime(2026, 11, 23, 14, tzinfo=UTC), "14:32:05"),
        (datetime(2026, 11, 23, 23, 30, tzinfo=UTC), "23 Nov 14:32"),
        (datetime(2027, 1, 2, tzinfo=UTC), "23 Nov 2026"),
    ],
)
def test_a_time_is_written_no_longer_than_needed_today(
    now: datetime, shown: str, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.TIME_ZONE = "Europe/Vienna"
    monkeypatch.setattr("controlplane.foundation.clock.now", lambda: now)
    assert f">{shown}<" in amounts.moment(datetime(2026, 11, 23, 13, 32, 5, tzinfo=UTC))


def test_segments_add_up_and_empty_parts_are_left_out() -> None:
    parts = [{"count": 24, "tone": "ok"}, {"count": 0, "tone": "bad"}, {"count": 2, "tone": "rest"}]
    assert figures.segments(parts, "24 done, 2 to go") == (
        '<div class="seg" role="img" aria-label="24 done, 2 to go"><i class="" style="--n:24;--c:var(--ok-f)"></i>'
        '<i class="rest" style="--n:2;--c:var(--off-f)"></i></div>'
    )


def test_a_histogram_is_scaled_to_its_highest_slot() -> None:
    html = figures.histogram([{"good": 1, "bad": 1}, {"good": 0, "bad": 0}, {"good": 1, "bad": 0}], "x")
    assert 'style="--o:50.0;--f:50.0"><b></b><u></u>' in html
    assert 'style="--o:0.0;--f:0.0"></i>' in html


def test_chart_marks_stand_where_their_values_are() -> None:
    html = figures.marks(
        [
            {"kind": "line", "tone": "run", "points": [(0, 0), (50, 12), (100, 48)]},
            {"kind": "bars", "tone": "bad", "points": [(10, 6)], "width": 2},
        ],
        24,
    )
    assert 'd="M0.00 100.00L50.00 50.00L100.00 0.00"' in html, "a value above the top is cut there"
    assert '<rect x="10.00" y="75.00" width="2.0" height="25.00" fill="var(--bad-f)"/>' in html


def test_a_line_of_one_point_is_seen_and_cells_are_as_strong_as_they_say() -> None:
    html = figures.marks(
        [
            {"kind": "line", "tone": "run", "points": [(50, 12)]},
            {"kind": "cells", "points": [(25, 1, 40)], "width": 4, "height": 20},
        ],
        4,
    )
    assert 'd="M48.80 0.00L51.20 0.00"' in html
    assert '<rect x="25.00" y="75.00" width="4.00" height="20.00" style="--v:40"/>' in html


@dataclass
class _Bar:
    at: float
    length: float
    look: str = ""


@dataclass
class _Span:
    bars: list[_Bar]


def test_the_waterfall_places_bars_in_per_cent_and_notes_where_there_is_room() -> None:
    lanes, ticks, step = traces.draw(
        [_Span([_Bar(0, 2)]), _Span([_Bar(2, 4, "wait"), _Bar(6, 4)]), _Span([])], total=10
    )

    assert [(bar.at, bar.length, bar.look) for lane in lanes for bar in lane.bars] == [
        (0, 20, ""),
        (20, 40, "wait"),
        (60, 40, ""),
    ]
    assert [(lane.note_at, lane.note_place, lane.skipped) for lane in lanes] == [
        (20, "", False),
        (60, "l", False),
        (0, "", True),
    ]
    (long,), _, _ = traces.draw([_Span([_Bar(0, 1), _Bar(1, 9, "wait")])], total=10)
    assert (long.note_at, long.note_place) == (0, "in")
    assert [(tick.at, tick.text) for tick in ticks] == [(0, "0 s"), (20, "2 s"), (40, "4 s"), (60, "6 s"), (80, "8 s")]
    assert step == 20


def test_bars_that_reach_beyond_the_given_total_stretch_it() -> None:
    lanes, _ticks, _step = traces.draw([_Span([_Bar(5, 15)])], total=10)
    assert (lanes[0].bars[0].at, lanes[0].bars[0].length) == (25, 75)


@pytest.mark.parametrize(
    ("whole", "words"),
    [
        (0.001, ["0 s", "0.2 ms", "0.4 ms", "0.6 ms", "0.8 ms"]),
        (0.3, ["0 s", "50 ms", "0.1 s", "0.15 s", "0.2 s", "0.25 s"]),
        (9.8, ["0 s", "2 s", "4 s", "6 s", "8 s"]),
        (52 * 60, ["0 s", "10 min", "20 min", "30 min", "40 min"]),
        (3 * 86400, ["0 s", "12 h", "1 d", "1 d 12 h", "2 d", "2 d 12 h"]),
        (90 * 86400, ["0 s", "15 d", "30 d", "45 d", "60 d", "75 d"]),
    ],
)
def test_the_ruler_has_round_distances(whole: float, words: list[str]) -> None:
    assert [tick.text for tick in traces.ruler(whole)[0]] == words


def test_a_trace_without_a_bar_has_an_empty_ruler_not_an_error(render: Render) -> None:
    assert "Waits" in render("{% waterfall spans %}", spans=[{"number": 1, "name": "Send", "note": "Waits"}])
    assert "<ol" in render("{% waterfall spans %}", spans=[])


def test_a_mapping_shows_both_sides_masks_and_marks_odd_spaces(render: Render) -> None:
    html = render(
        "{% mapping pairs before='sale.order v4' %}",
        pairs=[
            {"source": "vat", "before": "ATU 63\u00a094", "rule": "copy", "target": "tax", "after": "x", "kind": "bad"},
            {
                "source": "mail",
                "before": "f••@x.at",
                "rule": "copy",
                "target": "mail",
                "after": "f••@x.at",
                "masked": True,
            },
            {"source": "note", "before": "hi there", "rule": "drop", "target": "", "after": None, "kind": "drop"},
        ],
    )
    assert 'ATU<mark title="U+0020">&nbsp;</mark>63<mark title="U+00A0">&nbsp;</mark>94' in html
    assert '<code class="pii">' in html
    assert html.count("<mark") == 2, "plain spaces are marked only where a value is suspect"
    assert '<span class="sr">dropped</span>' in html


def test_a_payload_is_shown_line_by_line_and_cut_when_very_long() -> None:
    shown, total = payloads.lines({"a": [1, "x", None]})
    assert [line.text for line in shown] == [
        "{",
        '  <span class="k">&quot;a&quot;</span>: [',
        '    <span class="n">1</span>,',
        '    <span class="v">&quot;x&quot;</span>,',
        '    <span class="n">null</span>',
        "  ]",
        "}",
    ]
    assert total == 7
    long, total = payloads.lines(list(range(3000)))
    assert (len(long), total) == (2000, 3002)


def test_a_broken_body_is_shown_as_it_is() -> None:
    shown, _total = payloads.lines('{"a": \n<oops')
    assert [str(line.text) for line in shown] == ['{<span class="k">&quot;a&quot;</span>: ', "&lt;oops"]


def test_the_search_box_sends_every_token_and_offers_to_remove_each(render: Render) -> None:
    html = render(
        "{% query '/tx/' tokens=tokens text='' %}",
        tokens=[{"text": "-flow:renewal", "field": "flow", "value": "renewal", "negated": True, "without": "/tx/?q=x"}],
    )
    assert '<input type="hidden" name="q" value="-flow:renewal">' in html
    assert '<a href="/tx/?q=x" aria-label="Remove -flow:renewal">' in html


def test_filters_and_tabs_say_which_is_on(render: Render) -> None:
    assert render("{% chip 'Dead' 1234 href='?s=dead' pressed=True glyph='dead' %}").startswith(
        '<a class="chip" href="?s=dead" aria-current="true">'
    )
    assert "<b>1,234</b>" in render("{% chip 'Dead' 1234 href='#' %}")
    html = render(
        "{% tabs 'Run' items %}", items=[{"label": "All", "url": "#", "current": True, "count": 3, "hot": True}]
    )
    assert '<a href="#" aria-current="page">All<span class="count hot">3</span></a>' in html


def test_nothing_tried_yet_is_said(render: Render) -> None:
    assert "Not tried yet" in render("{% attempts items %}", items=[])
