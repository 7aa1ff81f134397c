"""What is pressed: buttons and chips."""

from __future__ import annotations

from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from controlplane.console.components.amounts import number
from controlplane.console.components.marks import glyph as glyph_of
from controlplane.console.components.marks import icon as icon_of

VARIANTS = frozenset({"", "primary", "ghost", "danger", "ghost danger"})


def button(
    label: str,
    *,
    variant: str = "",
    icon: str = "",
    key: str = "",
    size: str = "",
    href: str = "",
    type: str = "button",  # noqa: A002 - HTML's word
    disabled_reason: str = "",
    label_hidden: bool = False,
    **attributes: Any,
) -> SafeString:
    """A button, or with ``href`` a link that looks like one.

    ``key`` is the single letter that presses it. With ``disabled_reason`` it stays reachable and
    says why it does nothing, in its tooltip and to screen readers. Other parameters become
    attributes: ``hx_post="…"`` is ``hx-post``, True is a bare attribute, None and False are left out.
    """
    if variant not in VARIANTS:
        message = f"There is no button variant {variant!r}; there are: {', '.join(sorted(filter(None, VARIANTS)))}"
        raise ValueError(message)
    words = [name for name in ("btn", variant, size, "icon" if label_hidden else "") if name]
    inside = _inside(label, icon, key, disabled_reason, label_hidden=label_hidden)
    if disabled_reason:
        own = {"type": "button", "aria-disabled": "true", "title": disabled_reason}
        return format_html('<button class="{}"{}>{}</button>', " ".join(words), _attributes(own), inside)
    if key:
        attributes = {"data_key": key.lower(), "data_key_label": label} | attributes
    if href:
        return format_html('<a class="{}" href="{}"{}>{}</a>', " ".join(words), href, _attributes(attributes), inside)
    return format_html(
        '<button class="{}"{}>{}</button>', " ".join(words), _attributes({"type": type} | attributes), inside
    )


def chip(
    label: str, count: int | str | None = None, *, href: str, pressed: bool = False, glyph: str = ""
) -> SafeString:
    """A filter that can be on: a link to the same page with it on, or off again. ``count`` may be words: "10,000+"."""
    words = number(count) if isinstance(count, int) else count
    counted = format_html(" <b>{}</b>", words) if words is not None else ""
    return format_html(
        '<a class="chip" href="{}"{}>{}{}{}</a>',
        href,
        mark_safe(' aria-current="true"') if pressed else "",
        glyph_of(glyph, 11) if glyph else "",
        label,
        counted,
    )


def _inside(label: str, icon: str, key: str, disabled_reason: str, *, label_hidden: bool) -> SafeString:
    shown = format_html('<span class="sr">{}</span>', label) if label_hidden else format_html("{}", label)
    return format_html(
        "{}{}{}{}",
        icon_of(icon, 14) if icon else "",
        shown,
        format_html("<kbd>{}</kbd>", key.upper()) if key and not label_hidden else "",
        format_html('<span class="sr"> (not now: {})</span>', disabled_reason) if disabled_reason else "",
    )


def _attributes(given: dict[str, Any]) -> SafeString:
    kept = (
        (name.replace("_", "-"), value) for name, value in given.items() if value is not None and value is not False
    )
    return format_html_join("", "{}", ((_attribute(name, value),) for name, value in kept))


def _attribute(name: str, value: Any) -> SafeString:
    return format_html(" {}", name) if value is True else format_html(' {}="{}"', name, value)
