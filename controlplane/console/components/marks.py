"""The smallest parts: icons, status shapes, system tiles, tags.

Every status has its own silhouette, so that colour is never the only difference.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from enum import Enum
from functools import cache, lru_cache
from types import MappingProxyType
from typing import Any

from django.template.loader import render_to_string
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from controlplane.console.components.amounts import moment
from controlplane.console.components.reading import member
from controlplane.foundation import clock

#: The nine shapes, and the colour each takes.
TONES = MappingProxyType(
    {
        "ok": "ok",
        "warn": "warn",
        "bad": "bad",
        "run": "run",
        "wait": "off",
        "off": "off",
        "dead": "bad",
        "pause": "off",
        "part": "warn",
    }
)

#: What a shape says when it stands alone.
WORDS = MappingProxyType(
    {
        "ok": "Succeeded",
        "warn": "Needs a look",
        "bad": "Failed",
        "run": "Running",
        "wait": "Waiting",
        "off": "Skipped",
        "dead": "Dead letter",
        "pause": "Paused",
        "part": "Partly succeeded",
    }
)

#: Every state of a transaction and of a step run (DESIGN section 4) → its shape and its words. Lists tell apart as well
#: what waits because its destination takes nothing.
STATES = MappingProxyType(
    {
        "received": ("wait", "Received"),
        "quarantined": ("bad", "Quarantined"),
        "pending": ("wait", "Pending"),
        "running": ("run", "Running"),
        "waiting": ("wait", "Waiting"),
        "paused": ("pause", "Paused"),
        "succeeded": ("ok", "Succeeded"),
        "partial": ("part", "Partly succeeded"),
        "unknown": ("warn", "Outcome unknown"),
        "dead": ("dead", "Dead letter"),
        "skipped": ("off", "Skipped"),
        "ignored": ("off", "Ignored"),
        "cancelled": ("off", "Cancelled"),
        "compensated": ("part", "Compensated"),
    }
)


@cache
def sprite() -> SafeString:
    """Every symbol, to stand once at the top of a page."""
    return mark_safe(render_to_string("components/sprite.svg").strip())  # noqa: S308 - our own file


@cache
def symbols() -> frozenset[str]:
    """The ids in the sprite: ``i-search``, ``g-ok``, ``logo``."""
    return frozenset(re.findall(r'<symbol id="([^"]+)"', sprite()))


# By type as well: what is safe and what is not may be equal.
@lru_cache(maxsize=256, typed=True)
def icon(name: str, size: int = 15) -> SafeString:
    """A line icon beside a word; never the only name of a control."""
    return format_html(
        '<svg class="i" width="{0}" height="{0}" aria-hidden="true"><use href="#{1}"/></svg>', size, _known(f"i-{name}")
    )


@lru_cache(maxsize=1024, typed=True)
def glyph(kind: str, size: int = 13, label: str = "") -> SafeString:
    """A status shape; ``label`` when no word stands beside it."""
    named = format_html('role="img" aria-label="{}"', label) if label else mark_safe('aria-hidden="true"')
    return format_html(
        '<svg class="g" width="{0}" height="{0}" data-s="{1}" {2}><use href="#{3}"/></svg>',
        size,
        TONES[kind],
        named,
        _known(f"g-{kind}"),
    )


def tone(kind: str) -> str:
    """The colour of a status shape, where the shape itself is drawn by hand."""
    return TONES[kind]


def shape(kind: str, size: int = 13) -> SafeString:
    """A status shape that stands alone, named for screen readers by its usual words."""
    return glyph(kind, size, WORDS[kind])


def status(kind: str, text: str) -> SafeString:
    """A status shape with its words."""
    return format_html('<span class="st" data-s="{}">{}{}</span>', TONES[kind], glyph(kind), text)


def state(which: Enum | str, text: str = "") -> SafeString:
    """The status of a state, by member or by name ("dead"), in its own words or in ``text``."""
    kind, words = STATES[_named(which)]
    return status(kind, text or words)


def state_glyph(which: Enum | str, size: int = 13) -> SafeString:
    """The shape of a state alone, named for screen readers."""
    kind, words = STATES[_named(which)]
    return glyph(kind, size, words)


def hue(system: Any) -> SafeString:
    """The attributes that colour an element by a system (``hue`` in degrees); grey for Interlock itself."""
    degrees = member(system, "hue") if system else None
    if degrees is None:
        return mark_safe('data-system="plain"')
    return format_html('data-system="hued" style="--hue:{}"', int(degrees))


def tile(system: Any, *, large: bool = False) -> SafeString:
    """The monogram of a system (``monogram``, ``name``, ``hue``); of Interlock itself for None."""
    monogram, name = (member(system, "monogram"), member(system, "name")) if system else ("In", "Interlock")
    return format_html(
        '<span class="sys{}" {} title="{name}" role="img" aria-label="{name}">{}</span>',
        " lg" if large else "",
        hue(system),
        monogram,
        name=name,
    )


def tiles(systems: Iterable[Any], *, large: bool = False) -> SafeString:
    """Several monograms side by side."""
    return format_html(
        '<span class="syss">{}</span>', format_html_join("", "{}", ((tile(one, large=large),) for one in systems))
    )


def tag(text: str, tone: str = "") -> SafeString:
    """A short word in a box; ``tone`` is bad, warn, ok, run or nothing."""
    return format_html('<span class="tag{}">{}</span>', f" {tone}" if tone else "", text)


def avatar(initials: str, *, large: bool = False) -> SafeString:
    """The round mark of a person; their name stands beside it."""
    return format_html('<span class="ava{}" aria-hidden="true">{}</span>', " lg" if large else "", initials)


def live(state: str, text: str) -> SafeString:
    """Whether the page follows: ``live``, ``paused``, ``stale`` or ``reconnecting``. Never assumed."""
    return format_html('<span class="live" data-state="{}">{}</span>', state, text)


def follow() -> SafeString:
    """The mark of a page that follows what happens; pressing it, or L, pauses. At first it says as of when."""
    return format_html(
        '<button class="live" type="button" data-state="paused" data-pauses-live data-key="l" '
        'data-key-label="Pause, or follow again">As of {}</button>',
        moment(clock.now(), "time"),
    )


def follows(name: str) -> SafeString:
    """Attributes of a part that fetches itself when what it follows changes (``static/js/live.js``)."""
    return format_html('data-follows="{}" hx-trigger="interlock:hint"', name)


def _named(which: Enum | str) -> str:
    return which.name.lower() if isinstance(which, Enum) else which


def _known(symbol: str) -> str:
    if symbol not in symbols():
        message = f"There is no symbol {symbol!r} in templates/components/sprite.svg"
        raise LookupError(message)
    return symbol
