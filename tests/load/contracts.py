"""What governing costs: two descriptions compared, records validated on their way, a change of many findings read.

The descriptions are two of two megabytes that differ in a hundred places, compared in a process of their own, whose
memory counts. ``validation_share`` is how much of processing an event its contract takes: the same events with a
schema of twenty fields and with none, in turn. The page is that of a change with five hundred findings.
"""

from __future__ import annotations

import copy
import json
import subprocess
import sys
import time
from statistics import median
from typing import Any, Final

from controlplane.audit.models import Subject
from controlplane.contracts.lifecycle.subject import NAME
from controlplane.contracts.models import ContractVersion
from controlplane.governance.changes.check import run_checks
from controlplane.governance.changes.propose import propose
from controlplane.governance.models import Board, ChangeRequest
from controlplane.people.access import access_for
from controlplane.people.roles import Role
from tests.load.client import event
from tests.load.harness import Result, Size, percentile, tell
from tests.pages.addresses import by_client
from tests.transactions import carrying
from tests.transactions.factories import Estate, an_account, deliver, estate
from tests.transactions.filling import fill

#: Pairs of runs, events of each, requests of the page.
AMOUNTS: Final = {Size.QUICK: (1, 400, 3), Size.DEFAULT: (7, 4_000, 60), Size.FULL: (15, 10_000, 200)}
FINDINGS: Final = 500
DIFF_LIMIT_S, DIFF_LIMIT_MB, SHARE_LIMIT, PAGE_LIMIT_MS = 3.0, 300.0, 0.15, 200.0


def measure(size: Size) -> Result:
    """The three, one after the other."""
    pairs, events, times = AMOUNTS[size]
    seconds, megabytes = _compared()
    tell(f"  two descriptions of two megabytes: {seconds:.2f} s, {megabytes:.0f} MB")
    share = _validation_share(pairs, events)
    tell(f"  validation: {share:.1%} of processing")
    page = _page_p95(times)
    tell(f"  a change of {FINDINGS} findings: p95 {page:.1f} ms")
    return Result(
        ratios={
            "validation_share": share,
            "validation_vs_limit": share / SHARE_LIMIT,
            "diff_vs_limit": seconds / DIFF_LIMIT_S,
            "memory_vs_limit": megabytes / DIFF_LIMIT_MB,
            "page_vs_limit": page / PAGE_LIMIT_MS,
        },
        figures={"diff_s": seconds, "diff_mb": megabytes, "page_p95_ms": page, "events": events},
        runs=pairs,
    )


# -- two descriptions ------------------------------------------------------------------------------


def _compared() -> tuple[float, float]:
    """Seconds and megabytes of one comparison, told by the process that made it."""
    command = [sys.executable, "-m", "tests.load.comparing"]
    said = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603 - our own
    found = json.loads(said.stdout)
    if found["findings"] < found["changed"]:
        raise RuntimeError(f"{found['changed']} places were changed, {found['findings']} were found")
    return found["seconds"], found["megabytes"]


# -- records on their way --------------------------------------------------------------------------


def _validation_share(pairs: int, events: int) -> float:
    """The median over pairs of the share that an event's contract takes of its processing."""
    steps = [deliver("ledger", "judged-erp", "send", mapping={"number": "event.number"})]
    judged = estate("judged", steps=steps, erp_connector="webhook", schema=_schema(), event_id="event.id")
    free_steps = [deliver("ledger", "free-erp", "send", mapping={"number": "event.number"})]
    free = estate("free", steps=free_steps, erp_connector="webhook", schema={}, event_id="event.id")
    shares = []
    for number in range(-1, pairs):
        with_contract = _processed(judged, events, f"j{number}")
        without = _processed(free, events, f"f{number}")
        if number >= 0:  # the first warms up
            shares.append(max(0.001, 1 - without / with_contract))
    return median(shares)


def _schema() -> dict[str, Any]:
    """Every field of the record said, as a careful contract says it."""
    text = {"type": "string", "maxLength": 200}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "object",
        "required": ["id", "customer", "currency", "amount_paid"],
        "properties": {
            **dict.fromkeys(("id", "customer", "customer_name", "customer_email", "number", "status"), text),
            **{f"field_{number}": {"anyOf": [text, {"type": "null"}]} for number in range(12)},
            "currency": {"type": "string", "pattern": "^[a-z]{3}$"},
            "amount_paid": {"type": "integer", "minimum": 0},
        },
    }


def _processed(made: Estate, events: int, prefix: str) -> float:
    """Seconds of a processor for as many events, from a full inbox to an empty one."""
    fill(made, [event(f"{prefix}_{number}") for number in range(events)])
    began = time.process_time()
    if carrying.process() != events:
        raise RuntimeError("not every event was processed")
    return time.process_time() - began


# -- a change of many findings ---------------------------------------------------------------------


def _page_p95(times: int) -> float:
    """Milliseconds of the whole page at the 95th percentile."""
    account = an_account("Mara Lindqvist", Role.OPERATOR)
    Board.objects.create(slug="contracts", name="Contract board", kinds=[NAME], quorum=1)
    change = _proposed(account)
    ask, found = by_client(account), []
    for _ in range(times + 2):
        began = time.perf_counter()
        answer = ask(change.get_absolute_url())
        found.append((time.perf_counter() - began) * 1000)
        if answer.status != 200 or b"property_499" not in answer.content:
            raise RuntimeError("the page does not show every finding")
    return percentile(found[2:], 0.95)


def _proposed(account: Any) -> ChangeRequest:
    """A version in which five hundred properties have another type."""
    version = ContractVersion.objects.get(contract__slug="judged-invoice")
    slug, access = version.contract.slug, access_for(account)
    before, after = (
        {**copy.deepcopy(version.schema), "properties": {f"property_{n}": {"type": kind} for n in range(FINDINGS)}}
        for kind in ("string", "integer")
    )
    # Only what is published is compared with, and that never changes: a version of the same contract before it.
    ContractVersion.objects.create(
        contract=version.contract, number=2, schema=before, state="published", content_hash="0" * 64
    )
    change = propose(
        access, NAME, Subject(NAME, slug), {"schema": after, "breaks": "A bench."}, title="Many", why="To be read."
    )
    run_checks(change.revision)
    if len(change.revision.diff) < FINDINGS:
        raise RuntimeError(f"{len(change.revision.diff)} findings, {FINDINGS} were made")
    return change
