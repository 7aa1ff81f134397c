"""A flow's JSON, read: what it means, and for everything that is wrong with it a sentence that says where."""

from __future__ import annotations

from typing import Any

import pytest

from controlplane.foundation.errors import Invalid
from controlplane.transactions.rules.flow import MappingLine, Step, read_lines, read_steps
from controlplane.transactions.rules.states import Lane, StepKind

LEDGER = {"name": "ledger", "kind": "deliver", "destination": "erp", "operation": "invoice.create"}


def test_a_step_with_everything() -> None:
    (found,) = read_steps(
        [
            LEDGER
            | {
                "title": "Post it",
                "when": "event.amount_minor > 0",
                "required": False,
                "mapping": [{"target": "a.b", "expression": "event.c"}],
                "lane": "critical",
                "keys": [{"kind": "invoice", "value": "result.external_id"}],
                "compensates": "party",
            }
        ]
    )
    assert found == Step(
        name="ledger",
        title="Post it",
        kind=StepKind.DELIVER,
        when="event.amount_minor > 0",
        required=False,
        destination="erp",
        operation="invoice.create",
        lines=(MappingLine("a.b", "event.c"),),
        lane=Lane.CRITICAL,
        keys=(("invoice", "result.external_id"),),
        compensates="party",
    )


def test_what_is_left_out_has_a_plain_meaning() -> None:
    first, second = read_steps([LEDGER, {"name": "m", "kind": "map", "needs": ["ledger"]}])
    assert (first.title, first.required, first.needs, first.when, first.lane) == ("ledger", True, (), "", None)
    assert (second.kind, second.needs) == (StepKind.MAP, ("ledger",))


def test_no_steps_is_a_flow_too() -> None:
    assert read_steps([]) == ()


THERE_ARE = "there are: map, deliver, lookup, identity."
WRONG: list[tuple[str, Any, str]] = [
    ("not a list", {"name": "a"}, "A flow's steps are a list."),
    ("not an object", ["ledger"], "Step 1 has no name."),
    ("no name", [LEDGER, {"kind": "map"}], "Step 2 has no name."),
    ("an empty name", [{"name": "", "kind": "map"}], "Step 1 has no name."),
    ("a number as name", [{"name": 7, "kind": "map"}], "Step 1 has no name."),
    ("no kind", [{"name": "a"}], f"Step 'a' has the kind None; {THERE_ARE}"),
    (
        "a kind to come",
        [{"name": "a", "kind": "wait"}],
        "Step 'a' has the kind 'wait'; there are: map, deliver, lookup, identity.",
    ),
    (
        "a list as kind",
        [{"name": "a", "kind": ["map"]}],
        "Step 'a' has the kind ['map']; there are: map, deliver, lookup, identity.",
    ),
    (
        "no destination",
        [{"name": "a", "kind": "deliver", "operation": "send"}],
        "Step 'a' delivers, so it names a destination and an operation.",
    ),
    (
        "no operation",
        [{"name": "a", "kind": "deliver", "destination": "erp"}],
        "Step 'a' delivers, so it names a destination and an operation.",
    ),
    (
        "an unknown lane",
        [LEDGER | {"lane": "fast"}],
        "Step 'ledger' has the lane 'fast'; there are: critical, normal, bulk.",
    ),
    (
        "a text as needs",
        [LEDGER, {"name": "b", "kind": "map", "needs": "ledger"}],
        "Step 'b': needs is a list of names of steps, not 'ledger'.",
    ),
    ("two of a name", [LEDGER, LEDGER], "Two steps are called 'ledger'."),
    (
        "a need on itself",
        [LEDGER | {"needs": ["ledger"]}],
        "Step 'ledger' needs 'ledger', which is not a step before it.",
    ),
    (
        "a need on a later one",
        [{"name": "a", "kind": "map", "needs": ["ledger"]}, LEDGER],
        "Step 'a' needs 'ledger', which is not a step before it.",
    ),
    (
        "keys without a kind",
        [LEDGER | {"keys": [{"value": "x"}]}],
        'Step \'ledger\': keys are a list of {"kind": …, "value": …}.',
    ),
    ("keys as a text", [LEDGER | {"keys": "x"}], 'Step \'ledger\': keys are a list of {"kind": …, "value": …}.'),
    (
        "a mapping as an object",
        [LEDGER | {"mapping": {"a": "event.b"}}],
        'A mapping is a list of {"target": …, "expression": …}.',
    ),
]


@pytest.mark.parametrize(("document", "sentence"), [row[1:] for row in WRONG], ids=[row[0] for row in WRONG])
def test_what_is_wrong_is_said_in_a_sentence(document: Any, sentence: str) -> None:
    with pytest.raises(Invalid) as raised:
        read_steps(document)
    assert raised.value.detail == sentence


@pytest.mark.parametrize("target", ["", ".", "a.", ".a", "a..b", None, 7])
def test_a_target_is_a_dotted_path_of_names(target: Any) -> None:
    with pytest.raises(Invalid, match="dotted path of names"):
        read_lines([{"target": target, "expression": "event.a"}])


def test_an_expression_is_text() -> None:
    with pytest.raises(Invalid, match="an expression is text, not 7"):
        read_lines([{"target": "a", "expression": 7}])  # type: ignore[dict-item]
