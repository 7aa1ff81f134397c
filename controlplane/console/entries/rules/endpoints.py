"""What follows from opening a door to senders, from closing it, and from asking them for something else."""

from __future__ import annotations

from typing import Final

from connectors.signatures import SCHEMES
from controlplane.console.entries.rules.differing import NOTHING, Differing, Entry
from controlplane.console.entries.rules.judging import Rule, gone, less, made, more, of_a_new_one, turned
from controlplane.console.entries.rules.naming import NAMED
from controlplane.governance.rules.changed import Level

_BREAKING, _RISKY, _SAFE = Level.BREAKING, Level.RISKY, Level.SAFE
#: The sender only shows what it was given: whoever has seen one request can make another.
UNSIGNED: Final = frozenset({"shared_token", "basic"})


def is_open(entry: Entry) -> bool:
    """Whether it takes anything; an entry that says nothing of it does."""
    return bool(entry) and entry.get("active", True) is not False


def is_signed(entry: Entry) -> bool:
    """Whether its senders prove more than that they have seen a password."""
    scheme = entry.get("scheme")
    return isinstance(scheme, str) and scheme in SCHEMES and scheme not in UNSIGNED


def _exposes(one: Differing) -> bool:
    """It is reachable without a signature, and was not."""
    is_exposed = is_open(one.becomes) and not is_signed(one.becomes)
    return is_exposed and not (is_open(one.was) and not is_signed(one.was))


def _opens(one: Differing) -> bool:
    return is_open(one.becomes) and not is_open(one.was)


def _sooner(one: Differing) -> bool:
    """A limit that was not there, or is lower."""
    return less(one) or (one.before in (NOTHING, None) and one.after not in (NOTHING, None))


ENDPOINT: Final = (
    *NAMED,
    Rule(
        "endpoint-unsigned",
        "scheme",
        _BREAKING,
        "It takes what is not signed: whoever has seen one request can make another.",
        _exposes,
    ),
    Rule("endpoint-exposed-unsigned", "active", _BREAKING, "Anybody who knows the token reaches it.", _exposes),
    Rule("endpoint-made", "**", _RISKY, "New: senders reach it once it is applied.", of_a_new_one),
    Rule("endpoint-exposed", "active", _RISKY, "Senders reach it.", _opens),
    Rule("endpoint-closed", "active", _BREAKING, "It takes nothing; senders are turned away.", turned(word=False)),
    Rule("endpoint-scheme", "scheme", _BREAKING, "Senders that prove themselves as before are turned away."),
    Rule("endpoint-scheme-settings", "scheme_settings.**", _BREAKING, "Senders may have to sign otherwise."),
    Rule("endpoint-secrets", "secrets", _RISKY, "What is signed with a key that is gone is turned away."),
    Rule("endpoint-moved", "integration", _BREAKING, "Other people own it and see what comes in."),
    Rule("endpoint-door", "interface", _BREAKING, "Its events are read as those of another door."),
    Rule("endpoint-event-id", "event_id", _BREAKING, "Repeats are recognised by something else."),
    Rule("endpoint-body-smaller", "max_body", _BREAKING, "Larger bodies are turned away.", less),
    Rule("endpoint-body-larger", "max_body", _SAFE, "Larger bodies are taken.", more),
    Rule("endpoint-gzip-gone", "takes_gzip", _BREAKING, "Compressed bodies are turned away.", turned(word=False)),
    Rule("endpoint-gzip", "takes_gzip", _SAFE, "Compressed bodies are taken."),
    Rule("endpoint-rate-lower", "rate_per_second", _BREAKING, "Who sends faster is told to wait.", _sooner),
    Rule("endpoint-rate", "rate_per_second", _RISKY, "More may come at once."),
    Rule("endpoint-sender-lower", "sender_rate_per_second", _BREAKING, "Who sends faster is told to wait.", _sooner),
    Rule("endpoint-sender-rate", "sender_rate_per_second", _RISKY, "One sender may take more of it."),
    Rule("endpoint-refuses", "on_broken", _BREAKING, "Senders hear of what breaks the contract.", turned("refuse")),
    Rule("endpoint-quarantines", "on_broken", _RISKY, "Senders do not hear any more of what breaks the contract."),
    Rule("endpoint-retention", "retention", _RISKY, "Bodies are kept for another time."),
    Rule("endpoint-keeps-more", "drop_fields", _BREAKING, "What was never kept is kept from now on.", gone),
    Rule("endpoint-drops", "drop_fields", _RISKY, "Other fields are never kept.", made),
)
