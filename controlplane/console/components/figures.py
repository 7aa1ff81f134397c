"""Drawn figures: meters, segmented bars, histograms and charts. SVG holds marks only, labels are HTML."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from controlplane.console.components.reading import member


def bullet(value: float, *, tick: float | None = None, tone: str = "ok", over: bool = False) -> SafeString:
    """A bar of ``value`` per cent, with a tick where the target is; hatched when over-spent."""
    target = f"--tick:{tick:g}" if tick is not None else "--tick-o:0"
    return format_html(
        '<div class="bullet{}" style="--v:{};--c:var(--{}-f);{}"><i></i></div>',
        " over" if over else "",
        f"{min(abs(value), 100):g}",
        tone,
        target,
    )


def meter(value: float, text: str, *, tick: float | None = None, tone: str = "ok", over: bool = False) -> SafeString:
    """A bullet bar with its figure beside it."""
    return format_html(
        '<div class="meter">{}<span>{}</span></div>', bullet(value, tick=tick, tone=tone, over=over), text
    )


def segments(parts: Iterable[Any], label: str, *, thin: bool = False) -> SafeString:
    """One bar whose parts add up to the whole: parts with ``count``, ``tone`` (or "rest") and ``hatched``."""
    return format_html(
        '<div class="seg{}" role="img" aria-label="{}">{}</div>',
        " thin" if thin else "",
        label,
        format_html_join("", "{}", ((_segment(part),) for part in parts if member(part, "count"))),
    )


def _segment(part: Any) -> SafeString:
    tone = member(part, "tone")
    style = "rest" if tone == "rest" else "hatch" if member(part, "hatched") else ""
    colour = "off" if tone == "rest" else tone
    return format_html('<i class="{}" style="--n:{};--c:var(--{}-f)"></i>', style, member(part, "count"), colour)


def ballot(marks: Iterable[str], label: str) -> SafeString:
    """The votes of a board, a mark a seat: ``y`` for (circle), ``n`` against (diamond), ``a`` abstained, "" open."""
    return format_html(
        '<span class="vote" role="img" aria-label="{}">{}</span>',
        label,
        format_html_join("", '<i class="{}"></i>', ((mark,) for mark in marks)),
    )


def arrows(drawn: Iterable[Any]) -> SafeString:
    """The lines of a graph in SVG: arrows with ``path``, ``marks``, and ``count`` at ``x``, ``y`` where it is several.

    Written here and not in a template, which takes longer: a large estate has hundreds.
    """
    return format_html_join("", "{}", ((_arrow(one),) for one in drawn))


def _arrow(one: Any) -> SafeString:
    marks = member(one, "marks")
    head = next((tone for tone in ("bad", "ok") if tone in marks), "none")
    path = format_html('<path class="edge {}" d="{}" marker-end="url(#arrow-{})" />', marks, member(one, "path"), head)
    count = member(one, "count")
    if count == 1:
        return path
    number = '{}<text class="s" x="{}" y="{}" text-anchor="middle">{}</text>'
    return format_html(number, path, member(one, "x"), member(one, "y"), f"{count:,}")


def histogram(slots: Sequence[Any], label: str) -> SafeString:
    """Bars over time: slots with ``good`` and ``bad`` counts, scaled to the highest one."""
    highest = max((member(slot, "good", 0) + member(slot, "bad", 0) for slot in slots), default=0) or 1
    return format_html(
        '<div class="hist" role="img" aria-label="{}">{}</div>',
        label,
        format_html_join("", "{}", ((_slot(slot, highest),) for slot in slots)),
    )


def _slot(slot: Any, highest: int) -> SafeString:
    good, bad = member(slot, "good", 0), member(slot, "bad", 0)
    return format_html(
        '<i style="--o:{};--f:{}">{}{}</i>',
        f"{good / highest * 100:.1f}",
        f"{bad / highest * 100:.1f}",
        mark_safe("<b></b>") if good else "",
        mark_safe("<u></u>") if bad else "",
    )


SPARK = (92, 22)
#: Half the length of a line of one point, in per cent.
ALONE = 1.2


def spark(values: Sequence[int], label: str) -> SafeString:
    """A bar a day, in the row of a table: what is not nothing is seen, and the highest is as high as the row."""
    width, height = SPARK
    step, highest = width / max(len(values), 1), max(values, default=0) or 1
    return format_html(
        '<svg class="spark" width="{0}" height="{1}" viewBox="0 0 {0} {1}" role="img" aria-label="{2}">{3}</svg>',
        width,
        height,
        label,
        format_html_join(
            "",
            '<rect x="{}" y="{}" width="{}" height="{}" fill="var(--{})"/>',
            (
                (f"{place * step:.2f}", f"{height - tall:.1f}", f"{step * 0.72:.2f}", f"{tall:.1f}", tone)
                for place, value in enumerate(values)
                for tall, tone in [_tall(value, highest, height)]
            ),
        ),
    )


def _tall(value: int, highest: int, height: int) -> tuple[float, str]:
    return (max(2.0, value / highest * height), "bad-f") if value else (1.0, "line-2")


@dataclass(frozen=True, slots=True)
class Axis:
    """The vertical scale: from 0 to ``top``."""

    top: float

    def up(self, value: float) -> float:
        """Where ``value`` stands, in per cent from the top."""
        return 100 - min(max(value / self.top, 0), 1) * 100


def marks(series: Sequence[Any], top: float) -> SafeString:
    """The marks of a chart in a box of 100 × 100.

    Each series has ``kind`` ("line", "area", "bars" or "cells"), ``tone`` (bad, run, ok, off, warn), ``points`` as
    (x in per cent, value), and perhaps ``dashed``; bars also ``width`` in per cent. "cells" have ``width`` and
    ``height`` in per cent, and points as (x, value at their upper edge, strength from 0 to 100).
    """
    axis = Axis(top or 1)
    return format_html_join("", "{}", ((_series(one, axis),) for one in series))


def _cells(series: Any, axis: Axis) -> SafeString:
    return format_html(
        '<g class="heat">{}</g>',
        format_html_join(
            "",
            '<rect x="{}" y="{}" width="{}" height="{}" style="--v:{}"/>',
            (
                (f"{x:.2f}", f"{axis.up(value):.2f}", f"{series['width']:.2f}", f"{series['height']:.2f}", strength)
                for x, value, strength in series["points"]
            ),
        ),
    )


def _series(series: Any, axis: Axis) -> SafeString:
    if member(series, "kind") == "cells":
        return _cells(series, axis)
    points = [(float(x), axis.up(float(value))) for x, value in member(series, "points")]
    tone = member(series, "tone")
    if member(series, "kind") == "bars":
        width = float(member(series, "width", 1.5))
        return format_html_join(
            "",
            '<rect x="{}" y="{}" width="{}" height="{}" fill="var(--{}-f)"/>',
            ((f"{x:.2f}", f"{y:.2f}", width, f"{100 - y:.2f}", tone) for x, y in points),
        )
    return _line(points, tone, dashed=bool(member(series, "dashed")), filled=member(series, "kind") == "area")


def _line(points: list[tuple[float, float]], tone: str, *, dashed: bool, filled: bool) -> SafeString:
    if not points:
        return mark_safe("")
    if len(points) == 1:  # a line of one point has no length, and would not be seen
        (x, y) = points[0]
        points = [(x - ALONE, y), (x + ALONE, y)]
    area = ""
    if filled:
        closed = _path([*points, (points[-1][0], 100.0), (points[0][0], 100.0)])
        area = format_html('<path d="{}Z" fill="var(--{}-b)"/>', closed, tone)
    return format_html(
        '{}<path d="{}" fill="none" stroke="var(--{}-f)" stroke-width="2" stroke-linejoin="round"{}/>',
        area,
        _path(points),
        tone,
        mark_safe(' stroke-dasharray="4 3"') if dashed else "",
    )


def _path(points: list[tuple[float, float]]) -> str:
    return "M" + "L".join(f"{x:.2f} {y:.2f}" for x, y in points)
