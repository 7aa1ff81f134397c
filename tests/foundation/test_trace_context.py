"""``traceparent`` by the book: https://www.w3.org/TR/trace-context/, and the vectors of its test suite."""

from __future__ import annotations

import re

import pytest

from controlplane.foundation.trace_context import TraceContext, parse

TRACE, SPAN = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
GOOD = f"00-{TRACE}-{SPAN}-01"


@pytest.mark.parametrize(
    ("header", "sampled"),
    [
        (GOOD, True),
        (f"00-{TRACE}-{SPAN}-00", False),
        (f"00-{TRACE}-{SPAN}-02", False),
        (f"00-{TRACE}-{SPAN}-03", True),
        (f"00-{TRACE}-{SPAN}-ff", True),
        (f"  {GOOD}\t", True),
        (f"cc-{TRACE}-{SPAN}-01", True),
        (f"cc-{TRACE}-{SPAN}-01-what-the-future-will-be-like", True),
        (f"01-{TRACE}-{SPAN}-01-", True),
    ],
)
def test_a_trace_goes_on(header: str, sampled: bool) -> None:
    found = parse(header)
    assert (found.trace_id.hex, found.parent_span, found.sampled) == (TRACE, SPAN, sampled)


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        "00",
        "-",
        "---",
        f"ff-{TRACE}-{SPAN}-01",
        f"00-{'0' * 32}-{SPAN}-01",
        f"00-{TRACE}-{'0' * 16}-01",
        f"{GOOD}-what-the-future-will-be-like",
        f"{GOOD}-",
        f"{GOOD}.",
        f"cc-{TRACE}-{SPAN}-01.what",
        f".0-{TRACE}-{SPAN}-01",
        f"0.-{TRACE}-{SPAN}-01",
        f"000-{TRACE}-{SPAN}-01",
        f"0-{TRACE}-{SPAN}-01",
        f"00-.{TRACE[1:]}-{SPAN}-01",
        f"00-{TRACE[:-1]}-{SPAN}-01",
        f"00-{TRACE}0-{SPAN}-01",
        f"00-{TRACE}-.{SPAN[1:]}-01",
        f"00-{TRACE}-{SPAN}0-01",
        f"00-{TRACE}-{SPAN}-.1",
        f"00-{TRACE}-{SPAN}-1",
        f"00-{TRACE}-{SPAN}-001",
        f"00-{TRACE.upper()}-{SPAN}-01",
        f"00-{TRACE}-{SPAN.upper()}-01",
        f"{GOOD}, {GOOD}",
        f"{GOOD}\n",
        "00-" + "\u0661" * 32 + f"-{SPAN}-01",
    ],
)
def test_what_cannot_be_believed_begins_a_new_trace(header: str | None) -> None:
    found, again = parse(header), parse(header)
    assert found.parent_span == ""
    assert found.trace_id.hex not in {TRACE, "0" * 32}
    assert found.trace_id != again.trace_id


def test_going_out_the_trace_is_kept_and_the_span_is_new() -> None:
    context = parse(GOOD)
    header, another = context.traceparent(), context.traceparent()
    assert re.fullmatch(rf"00-{TRACE}-[0-9a-f]{{16}}-01", header)
    assert SPAN not in header
    assert header != another
    assert parse(header).trace_id == context.trace_id
    assert TraceContext(context.trace_id, sampled=False).traceparent().endswith("-00")
