"""What one schema lets in and the other refuses is never judged safe for those whom it hurts."""

from __future__ import annotations

from typing import Any

import jsonschema_rs
from hypothesis import given, note, settings

from controlplane.contracts.rules.comparing import compare_schemas
from controlplane.contracts.rules.judging import worst
from controlplane.contracts.rules.rule import Side
from controlplane.governance.rules.changed import Level
from tests.contracts.schema_pairs import VALUES, Pair, schema_pairs


@given(pair=schema_pairs())
@settings(max_examples=1500, deadline=None)
def test_what_was_let_in_and_is_refused_is_told_to_those_who_write_and_what_is_new_to_those_who_read(
    pair: Pair,
) -> None:
    old, new = pair
    findings = compare_schemas(old, new)
    note(f"{findings}")
    refused, come = _told_apart(old, new)
    if refused is not None:
        assert worst(one.of(Side.WRITERS) for one in findings) is not Level.SAFE, refused
    if come is not None:
        assert worst(one.of(Side.READERS) for one in findings) is not Level.SAFE, come


@given(pair=schema_pairs())
@settings(max_examples=100, deadline=None)
def test_a_schema_beside_itself_differs_in_nothing(pair: Pair) -> None:
    old, _ = pair
    assert compare_schemas(old, old) == []


def _told_apart(old: Any, new: Any) -> tuple[list[Any] | None, list[Any] | None]:
    """A value (in a list) that was let in and is refused, and one that was refused and is let in; None if none is."""
    was, now = (jsonschema_rs.Draft202012Validator(one, offline=True) for one in (old, new))
    both = [(value, was.is_valid(value), now.is_valid(value)) for value in VALUES]
    refused = next(([value] for value, before, after in both if before and not after), None)
    come = next(([value] for value, before, after in both if after and not before), None)
    return refused, come
