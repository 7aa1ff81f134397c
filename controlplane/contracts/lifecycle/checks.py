"""What a proposed version is checked by: promises, its own examples, and what really came in."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any, Final

import jsonschema_rs

from controlplane.contracts.checking import check
from controlplane.contracts.comparison import Judged
from controlplane.contracts.lifecycle import evidence
from controlplane.contracts.lifecycle.content import BREAKS
from controlplane.contracts.models import Contract, Format
from controlplane.contracts.selectors import newest_published
from controlplane.governance.kinds import CheckOf, Content, Found

#: Real payloads that a proposed version is tried on.
TRIED: Final = 500
_DOWNGRADE: Final = "Its examples can be made into the version before"
#: Of those that would be refused, how many are named.
NAMED: Final = 3


def checks_of(contract: Contract, content: Content) -> Sequence[CheckOf]:
    """Whether it keeps what was promised, its own examples fit, and real payloads would still be let in."""
    # What breaks on purpose is decided with open eyes: its checks stay red, and do not stand in the way.
    on_purpose = bool(content[BREAKS])
    title = "Nobody who was promised otherwise is broken"
    found = [CheckOf("compatibility", title, lambda: _keeps(contract, content), required=not on_purpose)]
    if contract.format != Format.JSON_SCHEMA:
        return found
    shown, came = bool(content["examples"]), bool(evidence.seen_by(contract, 1))
    tried = "What came in would be let in"
    return [
        *found,
        CheckOf("examples", "Its examples fit", lambda: _examples(content), required=shown),
        *([CheckOf("downgrade", _DOWNGRADE, partial(_downgraded, contract, content))] if content["downgrade"] else []),
        CheckOf("payloads", tried, lambda: _payloads(contract, content), required=came and not on_purpose),
        *(
            CheckOf(name, evidence.SHADOW_TITLE, partial(shadow, contract, content), required=came and not on_purpose)
            for name, shadow in evidence.shadows.items()
        ),
    ]


def _keeps(contract: Contract, content: Content) -> Found:
    report = check(contract, content["schema"])
    if report.keeps:
        return Found(passed=True, detail=f"{report.compatibility.label}: kept.")
    broken = [one for one in report.findings if report.breaks(one.finding)]
    listed = f"It breaks {_places(broken)}."
    if content[BREAKS]:
        return Found(passed=False, detail=f"{listed} On purpose: {content[BREAKS]}")
    return Found(passed=False, detail=f"{listed} Mend it, or say in {BREAKS} why it has to be so.")


def _places(broken: Sequence[Judged]) -> str:
    """The first of them: where, by which rule, and for those who stay with which versions."""
    places = [
        f"{one.finding.path or 'the whole'} ({one.finding.rule}, {', '.join(f'v{number}' for number in one.against)})"
        for one in broken[:NAMED]
    ]
    more = f" and {len(broken) - NAMED} more" if len(broken) > NAMED else ""
    return ", ".join(places) + more


def _examples(content: Content) -> Found:
    """Never green without evidence (invariant 11)."""
    if not content["examples"]:
        return Found(passed=False, detail="There are none: nothing shows what is let in.")
    validator = jsonschema_rs.validator_for(content["schema"], offline=True)
    for example in content["examples"]:
        if error := next(iter(validator.iter_errors(example["value"])), None):
            return Found(passed=False, detail=f"The example {example['name']!r} does not fit: {_reason(error)}")
    return Found(passed=True, detail=f"All {len(content['examples'])} fit.")


def _downgraded(contract: Contract, content: Content) -> Found:
    """Both forms go out of one event, so an example has to fit the one before as well when it is made into it."""
    before = newest_published(contract)
    if before is None or not content["examples"]:
        return Found(passed=False, detail="There are no examples: nothing shows what would be sent in the old form.")
    validator = jsonschema_rs.validator_for(before.schema, offline=True)
    for example in content["examples"]:
        message = {"type": contract.slug, "data": example["value"]}
        for make in evidence.downgrading.values():
            made = make(message, content["downgrade"])
            if error := next(iter(validator.iter_errors(made.get("data"))), None):
                said = f"The example {example['name']!r} does not fit v{before.number} then: {_reason(error)}"
                return Found(passed=False, detail=said)
    return Found(passed=True, detail=f"All {len(content['examples'])} fit v{before.number}.")


def _reason(error: Any) -> str:
    place = "/".join(map(str, error.instance_path))
    return f"{place}: {error.message}"[:300] if place else str(error.message)[:300]


def _payloads(contract: Contract, content: Content) -> Found:
    seen = evidence.seen_by(contract, TRIED)
    if not seen:
        return Found(passed=False, detail="None has come in lately: nothing shows what would become of them.")
    validator = jsonschema_rs.validator_for(content["schema"], offline=True)
    refused = [one.transaction for one in seen if not validator.is_valid(one.record)]
    if not refused:
        return Found(passed=True, detail=f"All of the last {len(seen):,} would be let in.")
    named = ", ".join(refused[:NAMED])
    detail = f"{len(refused):,} of the last {len(seen):,} would be refused, among them {named}."
    return Found(passed=False, detail=detail)
