"""What a proposal says of its canary: for which share of which keys, for how long, and when it halts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from controlplane.foundation.errors import Invalid
from controlplane.governance.kinds import Content

#: Said with a proposal, and not part of the version.
CANARY: Final = "canary"
_RANGES: Final = {"share": (1, 99), "hours": (1, 24 * 30), "points": (0, 100)}
_DEFAULTS: Final = {"hours": 24, "points": 2}


def read(given: Any, keys: Sequence[Mapping[str, Any]], *, stands: bool) -> dict[str, Any]:
    """Checked and complete; empty without one. :class:`Invalid` says what cannot be.

    ``share`` of a hundred keys are judged by the new version for ``hours``; ``points`` more of a hundred events that
    end badly halt it. ``key`` is the kind of business key that goes the same way; empty: the record.
    """
    if given in ({}, None):
        return {}
    if not isinstance(given, Mapping):
        raise _amiss("it is an object: share, hours, points and key.")
    if unknown := sorted(set(given) - {*_RANGES, "key"}):
        raise _amiss(f"there is no {unknown[0]!r}; there are share, hours, points and key.")
    if not stands:
        raise _amiss("the first version of a contract has no other beside it that the rest could be judged by.")
    found: dict[str, Any] = {name: _number(name, given.get(name, _DEFAULTS.get(name))) for name in _RANGES}
    found["key"] = key = given.get("key", "")
    known = [one["kind"] for one in keys]
    if not isinstance(key, str) or (key and key not in known):
        raise _amiss(f"{key!r} is no business key of the version; there are: {', '.join(known) or 'none'}.")
    return found


def _number(name: str, value: Any) -> int:
    least, most = _RANGES[name]
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        raise _amiss(f"{name} is a whole number from {least} to {most}.")
    return value


def said(content: Content) -> str:
    """In words; empty without one."""
    asked = content.get(CANARY)
    if not asked:
        return ""
    of = f"{asked['key']} keys" if asked["key"] else "records"
    hours = "an hour" if asked["hours"] == 1 else f"{asked['hours']} hours"
    return (
        f"for {asked['share']} % of {of} and {hours} first; it halts itself when of a hundred events "
        f"more than {asked['points']} more end badly than of the others"
    )


def _amiss(words: str) -> Invalid:
    return Invalid(f"canary: {words}", field=CANARY)
