"""What a proposed entry is checked by before anybody votes.

Each section has a list of its own (:data:`OF_SECTIONS`): what another part of Interlock can show of a proposed version
is added there.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, Final

from controlplane.audit.models import SYSTEM
from controlplane.console.entries.foreseen import TRIED, has_events, shadow
from controlplane.console.entries.rules.endpoints import is_open, is_signed
from controlplane.console.entries.sorts import Sort
from controlplane.console.estate.apply import apply as apply_estate
from controlplane.console.estate.problems import Refused
from controlplane.contracts.lifecycle.evidence import SHADOW_TITLE
from controlplane.governance.kinds import CheckOf, Found
from controlplane.transactions.shadow.run import EVIDENCE

Entry = Mapping[str, Any]
#: The checks of a section: of the entry called so, as it is proposed.
ChecksOf = Callable[[Sort, str, Entry], Sequence[CheckOf]]


def checks_of(sort: Sort, slug: str, entry: Entry) -> Sequence[CheckOf]:
    """Whether it can be applied, then what is asked in its section alone."""
    applies = CheckOf("applies", "It can be applied", partial(_applies, sort, slug, entry))
    return [applies, *OF_SECTIONS.get(sort.section, _none)(sort, slug, entry)]


def _none(_sort: Sort, _slug: str, _entry: Entry) -> Sequence[CheckOf]:
    return ()


def _applies(sort: Sort, slug: str, entry: Entry) -> Found:
    """Applied as a document is, with everything that policies say, and taken back."""
    document = {sort.section: {slug: dict(entry)}}
    try:
        foreseen = apply_estate(document, actor=SYSTEM, dry_run=True, decided_by=sort.name)
    except Refused as refused:
        return Found(passed=False, detail=" ".join(refused.problems))
    told = [f"It is flagged, and carried all the same: {words}" for words in foreseen.flagged]
    return Found(passed=True, detail=" ".join(["Everything that it names is there.", *told]))


def _of_traffic(sort: Sort, slug: str, entry: Entry) -> Sequence[CheckOf]:
    return [CheckOf(EVIDENCE, SHADOW_TITLE, partial(shadow, sort, slug, entry), required=has_events(sort, slug, entry))]


def _of_endpoint(_sort: Sort, _slug: str, entry: Entry) -> Sequence[CheckOf]:
    return [CheckOf("signed", "What it takes is signed", partial(_signed, entry), required=False)]


def _signed(entry: Entry) -> Found:
    """Some senders cannot sign; the board reads it and decides."""
    if not is_open(entry):
        return Found(passed=True, detail="It takes nothing.")
    if is_signed(entry):
        return Found(passed=True, detail=f"Senders sign by {entry.get('scheme')}.")
    return Found(
        passed=False, detail=f"{entry.get('scheme')} signs nothing: who has seen one request can make another."
    )


#: What is asked in each section besides.
OF_SECTIONS: Final[dict[str, ChecksOf]] = {**dict.fromkeys(TRIED, _of_traffic), "endpoints": _of_endpoint}
