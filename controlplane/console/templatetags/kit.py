"""The kit: every part by the name templates use, built in (no ``{% load %}``).

Small parts are functions of ``console.components``; larger ones are partials in
``templates/components/``. Each docstring says what a part reads; ``/gallery/`` shows each in each of
its states. Items may be mappings or objects.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django import template
from django.forms import BoundField
from django.template import Context
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from controlplane.console.components import amounts, controls, differences, figures, marks, payloads, traces
from controlplane.console.components.reading import member
from controlplane.console.live import topics

register = template.Library()

# -- marks: {% icon "search" %}, {% status "dead" "Dead letter" %}, {% state tx.state %} ------------
register.simple_tag(marks.sprite)
register.simple_tag(marks.icon)
register.simple_tag(marks.glyph)
register.simple_tag(marks.shape)
register.simple_tag(marks.status)
register.simple_tag(marks.state)
register.simple_tag(marks.state_glyph)
register.simple_tag(marks.hue)
register.simple_tag(marks.tone)
register.simple_tag(marks.tile, name="system")
register.simple_tag(marks.tiles, name="systems")
register.simple_tag(marks.tag)
register.simple_tag(marks.avatar)
register.simple_tag(marks.live)
register.simple_tag(marks.follow)


@register.simple_tag(takes_context=True)
def follows(context: Context, kind: str, key: object = "") -> SafeString:
    """Attributes of a part that fetches itself (``hx-get``) when its topic changes: ``{% follows "run" run.pk %}``."""
    return marks.follows(topics.name(topics.Topic(kind, str(key)), context["shell"].access.account_id))


# -- amounts: {% moment at %}, {{ seconds|duration }}, {{ count|number }}, {{ share|per_cent }} -----
register.simple_tag(amounts.moment)
register.filter("duration", amounts.duration)
register.filter("number", amounts.number)
register.filter("per_cent", amounts.per_cent)

# -- payloads: {% literal value %} ------------------------------------------------------------------
register.simple_tag(payloads.literal)

# -- reviews: {% difference row %} ------------------------------------------------------------------
register.simple_tag(differences.difference)

# -- controls: {% button "Replay…" variant="primary" %}, {% chip "Failed" 2 href="?…" %} -------------
register.simple_tag(controls.button)
register.simple_tag(controls.chip)

# -- figures: {% meter 40 "40 %" %}, {% seg parts "24 will succeed, 2 will fail" %} -----------------
register.simple_tag(figures.meter)
register.simple_tag(figures.segments, name="seg")
register.simple_tag(figures.ballot)
register.simple_tag(figures.histogram)
register.simple_tag(figures.spark)


@register.inclusion_tag("components/tabs.html")
def tabs(label: str, items: Iterable[Any]) -> dict[str, Any]:
    """Views of one thing, as links: items with ``label``, ``url``, ``current``, ``count``, ``hot``."""
    return {"label": label, "items": items}


@register.inclusion_tag("components/stats.html")
def stats(items: Iterable[Any], *, pair: bool = False) -> dict[str, Any]:
    """Figures in a row, or two by two in a rail: items with ``term``, ``value``, ``note``."""
    return {"items": items, "pair": pair}


@register.inclusion_tag("components/kv.html")
def kv(items: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    """Terms and what they are: pairs. For richer values write ``<dl class="kv">`` yourself."""
    return {"items": items}


@register.inclusion_tag("components/bars.html")
def bars(items: Sequence[Any]) -> dict[str, Any]:
    """Ranked causes: items with ``label``, ``count``, ``tone``, and perhaps ``system``."""
    highest = max((member(item, "count") for item in items), default=0) or 1
    return {"items": [(item, member(item, "count") / highest * 100) for item in items]}


@register.inclusion_tag("components/chart.html")
def chart(figure: Mapping[str, Any]) -> dict[str, Any]:
    """A chart in a figure: marks in SVG, words in HTML.

    ``figure`` has ``title``, ``sub``, ``series`` (see :func:`figures.marks`; each also has ``label``),
    ``top`` (the value at the upper edge), ``y`` and ``x`` as lists of (per cent, words), ``notes`` of
    ``x``, ``y``, ``text``, ``tone``, ``summary`` (the sentence for screen readers), ``table`` with
    ``columns`` and ``rows``, and ``height`` in pixels.
    """
    return {"figure": figure, "marks": figures.marks(member(figure, "series"), member(figure, "top"))}


@register.inclusion_tag("components/feed.html")
def feed(items: Iterable[Any]) -> dict[str, Any]:
    """What happened, newest first: items with ``at``, ``kind`` (a status shape), ``what``, ``detail``."""
    return {"items": items}


@register.inclusion_tag("components/graph.html")
def graph(drawing: Any, label: str) -> dict[str, Any]:
    """What stands on what, in boxes and arrows (a ``console.map.drawing.Drawing``); a list beside it says the same."""
    return {
        "drawing": drawing,
        "label": label,
        "tones": ("none", "ok", "bad"),
        "arrows": figures.arrows(drawing.arrows),
    }


@register.inclusion_tag("components/waterfall.html")
def waterfall(spans: Iterable[Any], *, total: float | None = None, selected: Any = None) -> dict[str, Any]:
    """The steps of one transaction over time.

    Spans have ``number``, ``name``, ``system`` (None is Interlock), ``kind`` (status shape), ``seconds``,
    ``bars`` (see :func:`traces.draw`), ``note``, ``url``, ``depth``, ``missing`` (nobody reported it).
    ``selected`` is the number of the span that is shown below.
    """
    lanes, ticks, step = traces.draw(spans, total)
    return {"lanes": lanes, "ticks": ticks, "step": f"{step:.4f}", "selected": selected}


@register.inclusion_tag("components/mapping.html")
def mapping(pairs: Iterable[Any], *, before: str = "", after: str = "") -> dict[str, Any]:
    """What a mapping did, field by field.

    Pairs have ``source`` and ``target`` (paths), ``before`` and ``after`` (values), ``rule``, ``kind``
    ("", "changed", "bad" or "drop") and ``masked``. ``before``/``after`` name the two contracts.
    """
    rows = [(pair, *_sides(pair)) for pair in pairs]
    return {"rows": rows, "before": before, "after": after}


def _sides(pair: Any) -> tuple[SafeString, SafeString]:
    suspect = member(pair, "kind") == "bad"
    return (
        payloads.literal(member(pair, "before"), suspect=suspect),
        payloads.literal(member(pair, "after"), suspect=suspect),
    )


@register.inclusion_tag("components/payload.html")
def payload(value: Any, *, label: str = "Payload") -> dict[str, Any]:
    """A payload as JSON with line numbers; text that is no JSON is shown as it is."""
    shown, total = payloads.lines(value)
    return {"lines": shown, "total": total, "label": label}


@register.inclusion_tag("components/attempts.html")
def attempts(items: Iterable[Any]) -> dict[str, Any]:
    """The tries of one step: ``number``, ``at``, ``seconds``, ``kind``, ``outcome``, ``detail``, ``next_at``."""
    return {"items": list(items)}


@register.inclusion_tag("components/tx_list.html")
def tx_list(items: Iterable[Any], *, selected: Any = None, environments: bool = False) -> dict[str, Any]:
    """Transactions, one a row: ``id``, ``url``, ``state``, ``title``, ``key``, ``why``, ``at``, ``seconds``.

    ``selected`` is the id of the one that is shown beside them. With ``environments`` each says its ``environment``.
    """
    return {"items": items, "selected": selected, "environments": environments}


@register.inclusion_tag("components/query.html")
def query(
    action: str,
    *,
    tokens: Iterable[Any] = (),
    text: str = "",
    hint: str = "",
    problem: str = "",
    keep: Mapping[str, str] | None = None,
    completes: str = "",
) -> dict[str, Any]:
    """The search box with what is asked for so far; sent by POST, so that nothing typed is in an address.

    Tokens have ``text``, ``field``, ``value``, ``negated``, ``problem`` and ``without`` (the address without
    it). Every token and the text typed arrive as ``q``: read ``" ".join(request.POST.getlist("q"))``. ``keep``
    is sent along. ``completes`` is the address that says, as a list of options, what the word being typed could become.
    """
    return {
        "action": action,
        "tokens": list(tokens),
        "text": text,
        "hint": hint,
        "problem": problem,
        "keep": keep,
        "completes": completes,
    }


@register.inclusion_tag("components/field.html")
def field(bound: BoundField, *, hint: str = "") -> dict[str, Any]:
    """A form's field with its label, hint and errors, tied together for screen readers."""
    described = [f"{bound.auto_id}-hint"] if hint or bound.help_text else []
    if bound.errors:
        described.append(f"{bound.auto_id}-errors")
    more: dict[str, str | bool] = {"aria-describedby": " ".join(described)} if described else {}
    if bound.errors:
        more["aria-invalid"] = "true"
    return {"bound": bound, "hint": hint or bound.help_text, "control": bound.as_widget(attrs=more)}


@register.inclusion_tag("components/pick.html")
def pick(name: str, value: str, title: str, sub: str = "", *, on: bool = False, disabled: str = "") -> dict[str, Any]:
    """One of several choices with an explanation; ``disabled`` is the reason why it cannot be chosen."""
    return {"name": name, "value": value, "title": title, "sub": sub, "on": on, "disabled": disabled}


@register.inclusion_tag("components/twist.html")
def twist(label: str, opens: str, *, url: str, is_open: bool = False) -> dict[str, Any]:
    """Opens the row below (``opens`` is its id): a link to the page with it open, or closed again."""
    return {"label": label, "opens": opens, "url": url, "is_open": is_open}


@register.inclusion_tag("components/pager.html")
def pager(*, newer: str = "", older: str = "", note: str = "") -> dict[str, Any]:
    """Keyset pages: addresses of the newer and the older page, empty where there is none."""
    return {"newer": newer, "older": older, "note": note}


@register.inclusion_tag("components/skeleton.html")
def skeleton(widths: str = "42 96 88 70 92 60") -> dict[str, Any]:
    """What stands where something is still being fetched; widths in per cent."""
    return {"widths": widths.split()}


@register.simple_block_tag
def panel(content: str, title: str, *, sub: str = "", extra: str = "", flush: bool = False) -> str:
    """A section with a heading; ``extra`` stands at its right (make it with ``{% button … as extra %}``)."""
    return _part("panel", content=content, title=title, sub=sub, extra=extra, flush=flush)


@register.simple_block_tag
def page_head(content: str, title: str, *, sub: str = "", above: str = "") -> str:
    """The one h1 of a page, a line under it, a status above it, and the page's actions as content."""
    return _part("page_head", content=content, title=title, sub=sub, above=above)


@register.simple_block_tag
def note(content: str, kind: str = "", glyph: str = "") -> str:
    """A message in the page: ``kind`` bad, warn, run or nothing; ``glyph`` a status shape."""
    return _part("note", content=content, kind=kind, glyph=glyph)


@register.simple_block_tag
def empty(content: str, icon: str, title: str) -> str:
    """An empty state: what there is instead, and what to do next."""
    return _part("empty", content=content, icon=icon, title=title)


@register.simple_block_tag
def dialog(content: str, id: str, title: str, *, sub: str = "", is_open: bool = False) -> str:  # noqa: A002 - HTML's word
    """A dialog; opened by a control with ``data_opens=id``, or in place when the address says ``is_open``."""
    return _part("dialog", content=content, id=id, title=title, sub=sub, is_open=is_open)


def _part(name: str, **context: Any) -> SafeString:
    return render_to_string(f"components/{name}.html", context)
