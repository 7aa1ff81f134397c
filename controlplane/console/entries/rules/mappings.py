"""What follows from another version of a mapping, and from what an event becomes."""

from __future__ import annotations

from typing import Final

from controlplane.console.entries.rules.judging import Rule, gone, made, of_a_new_one
from controlplane.console.entries.rules.naming import NAMED
from controlplane.governance.rules.changed import Level

_BREAKING, _RISKY = Level.BREAKING, Level.RISKY

MAPPING: Final = (
    *NAMED,
    Rule("mapping-made", "**", _RISKY, "New: no event is mapped by it yet.", of_a_new_one),
    Rule("mapping-moved", "integration", _BREAKING, "Other people own it."),
    Rule("mapping-line-removed", "lines.**", _BREAKING, "Flows that read this field find nothing.", gone),
    Rule("mapping-line-added", "lines.**", _RISKY, "Events get a field more, or fail where it cannot be made.", made),
    Rule("mapping-line-changed", "lines.**", _RISKY, "Flows read another value."),
)
NORMALISATION: Final = (
    Rule("event-made", "**", _RISKY, "New: such events were not known.", of_a_new_one),
    Rule("event-other", "event_type", _BREAKING, "Other events are meant."),
    Rule("event-door", "interface", _BREAKING, "Events of another door are meant."),
    Rule("event-type", "canonical_type", _BREAKING, "Flows that start with the type before are not started."),
    Rule("event-contract-gone", "contract", _BREAKING, "Nothing is checked any more, and no keys are found.", gone),
    Rule("event-contract", "contract", _RISKY, "They are checked by another contract."),
    Rule("event-mapping", "mapping", _BREAKING, "Flows read what another mapping makes."),
)
