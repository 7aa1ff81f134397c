"""What policies say of the entries that an estate document makes or changes: what blocks refuses the document."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from controlplane.console.estate.changes import Applied
from controlplane.console.estate.problems import Problems
from controlplane.console.estate.reading import Written
from controlplane.foundation import clock
from controlplane.governance.facts import kinds
from controlplane.governance.models import Policy
from controlplane.governance.policies.judging import Judgement
from controlplane.governance.policies.run import run_for, would_find
from controlplane.governance.rules.verdicts import Severity, Verdict

#: What is printed: what fails, and what nobody can say.
_TOLD: Final = (Verdict.FAIL, Verdict.UNJUDGED)


def judge(document: Mapping[str, Any], applied: Applied) -> None:
    """Judge what was just written, in its transaction. :class:`Refused` says what blocks, where it stands in the file.

    What only warns or informs is left in ``applied.findings``.
    """
    only = touched(applied)
    if not only or not Policy.objects.exists():
        return
    applied.findings = [one for one in would_find(only, clock.now()) if one.verdict in _TOLD]
    problems = Problems(document.places if isinstance(document, Written) else None)
    for one in applied.findings:
        if one.is_refused:
            where = f"{_section(one)}.{one.fact.slug}"
            problems.add(f"{where}: {words(one)}", where)
    if problems:
        raise problems.refusal()


def has_policies(document: Mapping[str, Any]) -> bool:
    """Whether there is any policy to judge by, once the document is applied."""
    return bool(document.get("policies")) or Policy.objects.exists()


def keep(applied: Applied) -> None:
    """Keep what was found of them, so that pages say it at once."""
    if (only := touched(applied)) and Policy.objects.exists():
        run_for(only)


def touched(applied: Applied) -> dict[str, list[str]]:
    """The entries that are made or changed and that policies can be about: slugs by kind."""
    kind_of = {kind.about.section: name for name, kind in kinds().items()}
    found: dict[str, list[str]] = defaultdict(list)
    for where, change in applied.entries.items():
        section, _, slug = where.partition(".")
        if change.how != "same" and section in kind_of:
            found[kind_of[section]].append(slug)
    return dict(found)


def lines(findings: Iterable[Judgement]) -> Iterator[str]:
    """What was found, as a plan and an application print it: what blocks first."""
    order = [Severity.BLOCK, Severity.WARN, Severity.INFORM]
    for one in sorted(findings, key=lambda one: (order.index(Severity(one.severity)), one.kind, one.fact.slug)):
        yield f"! {_section(one)}.{one.fact.slug}: {words(one)}"


def words(one: Judgement) -> str:
    """A finding in one line: what is asked for, why it is not so, and what to do."""
    if one.verdict is Verdict.UNJUDGED:
        return f"{one.policy.slug} could not be judged. {one.detail}."
    does = {Severity.BLOCK: "blocks", Severity.WARN: "warns", Severity.INFORM: "informs"}[Severity(one.severity)]
    return f"the policy {one.policy.slug} {does}: {one.detail}. {one.remediation}"


def _section(one: Judgement) -> str:
    return kinds()[one.kind].about.section
