"""What follows from a new integration, and from another word in the record of one."""

from __future__ import annotations

from typing import Final

from controlplane.console.entries.rules.judging import Rule, gone, of_a_new_one
from controlplane.console.entries.rules.naming import NAMED
from controlplane.governance.rules.changed import Level

_BREAKING, _RISKY, _SAFE = Level.BREAKING, Level.RISKY, Level.SAFE

INTEGRATION: Final = (
    *NAMED,
    Rule("integration-made", "**", _RISKY, "New: it joins systems that were apart.", of_a_new_one),
    Rule("integration-team", "team", _BREAKING, "Other people see what goes through, and act on it."),
    Rule("integration-environment", "environment", _BREAKING, "It is of another environment."),
    Rule("integration-source", "source", _BREAKING, "It hears of things from elsewhere."),
    Rule("integration-targets", "targets", _RISKY, "It is said to write to other systems."),
    Rule("integration-owner", "owner", _RISKY, "Nobody answers for it.", gone),
    Rule("integration-people", "owner", _SAFE, "Somebody else answers for it."),
    Rule("integration-deputy", "deputy", _SAFE, "Somebody else answers for it meanwhile."),
    Rule("integration-stage", "stage", _RISKY, "It is at another place in its life."),
    Rule("integration-criticality", "criticality", _RISKY, "Its standstill is judged otherwise."),
    Rule("integration-classification", "classification", _RISKY, "What it carries is kept more or less closely."),
    Rule("integration-residency", "residency", _RISKY, "Its data may stand elsewhere."),
    Rule("integration-retention", "retention_days", _RISKY, "What it carried is to be kept for another time."),
    Rule("integration-process", "process", _RISKY, "It is counted with another process."),
    Rule("integration-steps", "steps.**", _RISKY, "It carries other steps of its process."),
    Rule("integration-promise", "latency_seconds", _RISKY, "Another speed is promised."),
    Rule("integration-recovery", "recovery_point_minutes", _RISKY, "Another loss is borne."),
    Rule("integration-standstill", "recovery_time_minutes", _RISKY, "Another standstill is borne."),
    Rule("integration-runbook", "runbook", _RISKY, "Nobody finds what to do when it fails.", gone),
    Rule("integration-words", "**", _SAFE, "Words of its record; nothing runs by them."),
)
