"""What follows where things are sent: subscriptions (destinations), instances with their queues, and credentials."""

from __future__ import annotations

from typing import Final

from controlplane.console.entries.rules.judging import Rule, gone, less, made, more, of_a_new_one, turned
from controlplane.console.entries.rules.naming import NAMED
from controlplane.governance.rules.changed import Level

_BREAKING, _RISKY, _SAFE = Level.BREAKING, Level.RISKY, Level.SAFE

DESTINATION: Final = (
    *NAMED,
    Rule("destination-made", "**", _RISKY, "New: nothing is sent there yet.", of_a_new_one),
    Rule("destination-instance", "instance", _BREAKING, "Everything goes to another system."),
    Rule("destination-credential", "credential", _BREAKING, "Calls are made with other rights."),
    Rule("destination-closed", "active", _BREAKING, "Nothing is sent there; what comes waits.", turned(word=False)),
    Rule("destination-opened", "active", _RISKY, "What waits is sent."),
    Rule("destination-deadline-longer", "deadline", _SAFE, "An answer is waited for longer.", more),
    Rule("destination-deadline-shorter", "deadline", _RISKY, "What answers as slowly as before fails."),
    Rule("destination-retries", "retry_delays", _RISKY, "It is tried again at other times, and given up at another."),
    Rule("destination-slower", "max_in_flight", _RISKY, "Fewer calls at once: what comes may wait.", less),
    Rule("destination-faster", "max_in_flight", _RISKY, "More calls at once: the system has to bear them."),
    Rule("destination-rate-lower", "rate_per_second", _RISKY, "Fewer calls a second: what comes may wait.", less),
    Rule("destination-rate", "rate_per_second", _RISKY, "Another number of calls a second."),
)
INSTANCE: Final = (
    *NAMED,
    Rule("consumer-removed", "settings.queues.*", _BREAKING, "Messages of this queue are not taken any more.", gone),
    Rule("consumer-added", "settings.queues.*", _RISKY, "Messages of this queue are taken, and gone from it.", made),
    Rule("consumer-feeds", "settings.queues.*.endpoint", _BREAKING, "Its messages feed another endpoint."),
    Rule("consumer-changed", "settings.queues.**", _RISKY, "Its messages are taken otherwise."),
    Rule("publication-changed", "settings.topics", _BREAKING, "Other topics may be written; those left out refuse."),
    Rule("instance-made", "**", _RISKY, "New: nothing speaks to it yet.", of_a_new_one),
    Rule("instance-address", "base_url", _BREAKING, "Everything that speaks to it goes elsewhere."),
    Rule("instance-system", "system", _BREAKING, "Another connector speaks to it."),
    Rule("instance-environment", "environment", _BREAKING, "It is of another environment."),
    Rule("instance-region", "region", _RISKY, "It is said to stand elsewhere."),
    Rule("instance-settings", "settings.**", _RISKY, "Its connector is set otherwise."),
)
CREDENTIAL: Final = (
    *NAMED,
    Rule("credential-made", "**", _RISKY, "New: nothing proves us by it yet.", of_a_new_one),
    Rule("credential-instance", "instance", _BREAKING, "It proves us to another system."),
    Rule("credential-team", "team", _BREAKING, "Other people look after it."),
    Rule("credential-reference-gone", "references.*", _BREAKING, "Calls are made without it.", gone),
    Rule("credential-reference", "references.*", _RISKY, "Another secret is used: with other rights, maybe."),
    Rule("credential-expiry", "expires_at", _SAFE, "It is known to end at another time."),
)
