"""What follows from another version of a flow."""

from __future__ import annotations

from typing import Final

from controlplane.console.entries.rules.differing import ORDER
from controlplane.console.entries.rules.judging import Rule, gone, made, more, of_a_new_one, turned
from controlplane.console.entries.rules.naming import NAMED
from controlplane.governance.rules.changed import Level

_BREAKING, _RISKY, _SAFE = Level.BREAKING, Level.RISKY, Level.SAFE

FLOW: Final = (
    *NAMED,
    Rule("flow-made", "**", _RISKY, "New: nothing stands on it yet.", of_a_new_one),
    Rule("flow-moved", "integration", _BREAKING, "Other people own it and see what goes through."),
    Rule("flow-step-removed", "steps.*", _BREAKING, "What it did is not done any more.", gone),
    Rule("flow-step-added", "steps.*", _RISKY, "It is done for every event that starts the flow.", made),
    Rule("flow-order", f"steps.{ORDER}", _RISKY, "Steps run in another order where none needs the other."),
    Rule("flow-target", "steps.*.destination", _BREAKING, "It goes to another system; the one before hears nothing."),
    Rule("flow-operation", "steps.*.operation", _BREAKING, "The target is asked for something else."),
    Rule("flow-kind", "steps.*.kind", _BREAKING, "The step does something else."),
    Rule("flow-stream", "steps.*.stream", _BREAKING, "Something else is asked for."),
    Rule("flow-title", "steps.*.title", _SAFE, "It is only called otherwise."),
    Rule("flow-line-removed", "steps.*.mapping.**", _BREAKING, "The receiver does not get this field.", gone),
    Rule("flow-line-added", "steps.*.mapping.**", _RISKY, "The receiver gets a field more.", made),
    Rule("flow-line-changed", "steps.*.mapping.**", _RISKY, "The receiver gets another value."),
    Rule("flow-optional", "steps.*.required", _RISKY, "A transaction ends well without it.", turned(word=False)),
    Rule("flow-required", "steps.*.required", _RISKY, "A transaction fails with it."),
    Rule("flow-condition", "steps.*.when", _RISKY, "It is done for other events."),
    Rule("flow-needs", "steps.*.needs", _RISKY, "It waits for other steps."),
    Rule("flow-deadline-longer", "steps.*.deadline", _SAFE, "An answer is waited for longer.", more),
    Rule("flow-deadline-shorter", "steps.*.deadline", _RISKY, "What answers as slowly as before fails."),
    Rule("flow-cache", "steps.*.cache", _RISKY, "Answers are taken to be good for another time."),
    Rule("flow-fallback", "steps.*.fallback", _RISKY, "Without an answer something else happens."),
    Rule("flow-key-removed", "steps.*.keys.**", _RISKY, "What it answers is not found by this key.", gone),
    Rule("flow-key", "steps.*.keys.**", _SAFE, "What it answers is found by this key."),
    Rule("flow-personal", "steps.*.personal", _RISKY, "Other fields of an answer are masked."),
    Rule("flow-ordering-gone", "ordering", _BREAKING, "Events of one value may overtake each other.", gone),
    Rule("flow-ordering", "ordering", _RISKY, "Other events wait for each other."),
    Rule("flow-route-removed", "routes.*", _BREAKING, "Such events do not start it any more.", gone),
    Rule("flow-route-added", "routes.*", _RISKY, "Such events start it from now on.", made),
    Rule("flow-route-condition", "routes.*.condition", _RISKY, "It starts for other events."),
)
