"""What a schema says of a place beside what it refuses: defaults, read-only, deprecation, words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from controlplane.contracts.diff.facts import Sense, What
from controlplane.contracts.diff.values import same

if TYPE_CHECKING:
    from controlplane.contracts.diff.nodes import Node
    from controlplane.contracts.diff.schemas import Comparison, Place

_SWITCHES: Final = (
    ("readOnly", What.READ_ONLY),
    ("writeOnly", What.WRITE_ONLY),
    ("deprecated", What.DEPRECATED),
)
_DYNAMIC: Final = frozenset({"$dynamicRef", "$recursiveRef"})
#: Refuse nothing.
ONLY_SAID: Final = frozenset({What.DEFAULT, What.READ_ONLY, What.WRITE_ONLY, What.DEPRECATED, What.WORDS})


def compare(comparison: Comparison, old: Node, new: Node, place: Place) -> None:
    """Facts of what is said, and of keywords that nobody here knows."""
    if not same(old.get("default"), new.get("default")):
        comparison.found(What.DEFAULT, place, old.get("default"), new.get("default"))
    for keyword, what in _SWITCHES:
        if bool(old.get(keyword)) != bool(new.get(keyword)):
            comparison.found(what, place, bool(old.get(keyword)), bool(new.get(keyword)))
    for keyword in ("title", "description"):
        if not same(old.get(keyword), new.get(keyword)):
            comparison.found(What.WORDS, place, old.get(keyword), new.get(keyword), name=keyword)
    if not same(old.get("discriminator"), new.get("discriminator")):
        comparison.found(What.DISCRIMINATOR, place, old.get("discriminator"), new.get("discriminator"))
    _foreign(comparison, old, new, place.under(sense=Sense.EITHER))


def _foreign(comparison: Comparison, old: Node, new: Node, place: Place) -> None:
    """Keywords that nobody here knows. What a dynamic reference leads to may differ where it is written alike."""
    was, now = old.foreign, new.foreign
    for keyword in sorted({*was, *now}):
        elsewhere = keyword in _DYNAMIC and not comparison.of_same_documents(old, new)
        if elsewhere or not same(was.get(keyword), now.get(keyword)):
            comparison.found(What.UNSUPPORTED, place, was.get(keyword), now.get(keyword), name=keyword)
