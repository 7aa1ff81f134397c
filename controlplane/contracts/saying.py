"""What a report says on a terminal: for people, and as annotations of GitHub."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from controlplane.contracts.comparison import Judged, Report
from controlplane.contracts.placing import place_of
from controlplane.contracts.rules.judging import Finding
from controlplane.contracts.rules.rule import Side
from controlplane.foundation.documents.places import Place
from controlplane.foundation.documents.reading import Source
from controlplane.governance.rules.changed import Level

#: GitHub shows no more of one step.
MOST_ANNOTATIONS: Final = 50
_FOR: Final = {Side.WRITERS: "who writes", Side.READERS: "who reads"}


def in_words(report: Report, file: str) -> Iterator[str]:
    """Line by line: whether it keeps the promise, and every finding, the worst first."""
    yield headline(report, file)
    for one in report.findings:
        finding = one.finding
        yield ""
        yield _shown(f"{finding.level.value} {finding.path or 'the whole'}: {finding.message}{_against(report, one)}")
        yield f"  {finding.rule}{_hurt(finding)}"
        if finding.remedy and finding.level is not Level.SAFE:
            yield f"  {finding.remedy}"
    left = sum(report.counts.values()) - len(report.findings)
    if left:
        yield ""
        yield f"{left:,} more, none of them worse."


def headline(report: Report, file: str) -> str:
    """In one line: whether it keeps the promise against what, and how much of what was found."""
    if not report.compared:
        return f"{file} can be a contract in {report.format.label}; there is nothing yet to compare it with."
    if not report.findings:
        return f"{file} keeps {report.compatibility.value!r}: {_nothing(report)}"
    verb = "keeps" if report.keeps else "breaks"
    counted = ", ".join(f"{report.counts[level]:,} {level.value}" for level in Level)
    return f"{file} {verb} {report.compatibility.value!r}{_compared(report)}: {counted}."


def as_annotations(report: Report, source: Source) -> Iterator[str]:
    """A line for each finding that breaks something or might: an error where a promise is broken, else a warning.

    As GitHub reads them from what a step prints:
    https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands
    """
    told = [one.finding for one in report.findings if one.finding.level is not Level.SAFE]
    for finding in told[:MOST_ANNOTATIONS]:
        words = f"{finding.path or 'The whole'}: {finding.message} {finding.remedy}".strip()
        command = "error" if report.breaks(finding) else "warning"
        yield annotation(command, source.file, place_of(source, finding.path), finding.rule, words)
    yield headline(report, source.file)
    if len(told) > MOST_ANNOTATIONS:
        yield f"{len(told) - MOST_ANNOTATIONS:,} more are not shown here; --format text shows them."


def annotation(command: str, file: str, place: Place | None, title: str, words: str) -> str:
    """One command to GitHub. What would end a value, or the line, is written in per cent."""
    line, column = place or (1, 1)
    said = {"file": file, "line": str(line), "col": str(column), "title": title}
    properties = ",".join(f"{name}={_property(value)}" for name, value in said.items())
    return f"::{command} {properties}::{_data(words)}"


def _shown(line: str) -> str:
    """Without what a terminal would obey: names stand in documents that somebody else wrote."""
    return "".join(letter if letter.isprintable() else "�" for letter in line)


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


def _hurt(finding: Finding) -> str:
    if finding.writers is finding.readers is not Level.SAFE:
        return f", {finding.writers.value} for both"
    worse = [f"{finding.of(side).value} for {_FOR[side]}" for side in Side if finding.of(side) is not Level.SAFE]
    return f", {' and '.join(worse)}" if worse else ""


def _against(report: Report, one: Judged) -> str:
    """Said where there is more than one version to be against."""
    if len(report.versions) < 2:  # noqa: PLR2004
        return ""
    return f" (against version {', '.join(str(number) for number in one.against)})" if one.against else ""


def _compared(report: Report) -> str:
    if not report.versions:
        return ""
    word = "version" if len(report.versions) == 1 else "versions"
    return f" against {word} {', '.join(str(number) for number in report.versions)}"


def _nothing(report: Report) -> str:
    compared = _compared(report).removeprefix(" ")
    return f"nothing changes {compared}." if compared else "nothing changes."
