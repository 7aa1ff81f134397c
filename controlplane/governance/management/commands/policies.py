"""``manage.py policies list|run|test|ship``: the rules, what they find, and whether they do what they must."""

from __future__ import annotations

import builtins
import json
from argparse import ArgumentParser
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from django.core.management.base import BaseCommand, CommandError

from controlplane.foundation.errors import Problem
from controlplane.governance.facts import kind_called
from controlplane.governance.models import Finding
from controlplane.governance.policies import listing
from controlplane.governance.policies.judging import standing_policies
from controlplane.governance.policies.run import run_everything, run_for
from controlplane.governance.policies.ship import ship
from controlplane.governance.rules.policy import examined
from controlplane.governance.rules.verdicts import Severity, Verdict

#: What ``run`` ends with when something fails that blocks; ``test`` ends with 1 when a policy fails its own tests.
BLOCKED: Final = 2
FAILED: Final = 1


@dataclass(frozen=True, slots=True)
class Line:
    """A finding as it is printed."""

    verdict: str
    severity: str
    policy: str
    subject: str
    detail: str
    remediation: str


class Command(BaseCommand):
    """Policies as code, from the command line."""

    help = "Policies: list them, run them over the estate, run their own tests. See docs/policies.md."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """A verb, and what it is about."""
        verbs = parser.add_subparsers(dest="verb", required=True)
        verbs.add_parser("list", help="every policy with what it found").add_argument("--json", action="store_true")
        running = verbs.add_parser(
            "run",
            help="judge the whole estate, or one object, and keep what is found; ends with 2 when something fails "
            "that blocks, else with 0",
        )
        running.add_argument("--subject", metavar="KIND:SLUG", default="", help="only this, such as integration:orders")
        running.add_argument("--json", action="store_true", help="for programs, with everything that fails")
        testing = verbs.add_parser("test", help="run the policies' own tests; ends with 1 when one does not hold")
        testing.add_argument("slugs", nargs="*", metavar="POLICY", help="only these")
        verbs.add_parser("ship", help="bring the policies that come with Interlock; what was changed here stays")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Do what the verb says."""
        try:
            getattr(self, options["verb"])(options)
        except Problem as problem:
            raise CommandError(problem.detail) from problem

    def list(self, options: dict[str, Any]) -> None:
        """Every policy."""
        rows = listing.policies()
        if options["json"]:
            said = [
                {"slug": row.policy.slug, "title": row.title, "about": row.policy.about, "severity": row.severity}
                | {**row.counts}
                for row in rows
            ]
            self.stdout.write(json.dumps(said, ensure_ascii=False, indent=2))
            return
        for row in rows:
            found = ", ".join(f"{count} {verdict}" for verdict, count in row.counts.items() if count) or "nothing found"
            self.stdout.write(f"{row.policy.slug} ({row.policy.about}, {row.severity}): {row.title}. {found}.")

    def run(self, options: dict[str, Any]) -> None:
        """Judge, say what fails, and end with 2 where something does that blocks."""
        lines = self._run_one(options["subject"]) if options["subject"] else self._run_all(options)
        failing = [line for line in lines if line.verdict == Verdict.FAIL]
        if options["json"]:
            self.stdout.write(json.dumps([_plain(line) for line in lines], ensure_ascii=False, indent=2))
        else:
            self._print(lines)
        if any(line.severity == Severity.BLOCK for line in failing):
            raise SystemExit(BLOCKED)

    def test(self, options: dict[str, Any]) -> None:
        """Run the examples of every policy."""
        wrong = count = 0
        policies = standing_policies(options["slugs"] or None)
        if missing := set(options["slugs"]) - {one.policy.slug for one in policies}:
            raise CommandError(f"There is no policy {min(missing)!r}; manage.py policies list shows all.")
        for one in policies:
            for example in examined(one.content):
                count += 1
                if not example.holds:
                    wrong += 1
                    found = example.found.label.lower() if example.found else "does not apply"
                    words = f"example {example.number} must {example.expected.value}: {found}. {example.detail}"
                    self.stdout.write(f"{one.policy.slug}: {words}")
        self.stdout.write(f"{len(policies)} policies, {count} examples, {wrong} not as they must be")
        if wrong:
            raise SystemExit(FAILED)

    def ship(self, _options: dict[str, Any]) -> None:
        """Bring what is missing."""
        done = ship()
        self.stdout.write(f"{len(done.made)} made, {len(done.renewed)} renewed, {len(done.kept)} of your own kept")

    def _run_all(self, options: dict[str, Any]) -> builtins.list[Line]:
        run = run_everything()
        if not options["json"]:
            words = f"{run.subjects} objects by {run.policies} policies in {run.seconds:.1f} s"
            self.stdout.write(words)
        rows = Finding.objects.now().exclude(verdict=Verdict.PASS).select_related("policy", "version")
        return [
            Line(
                row.verdict_now,
                row.severity,
                row.policy.slug,
                f"{row.subject_kind}:{row.subject}",
                row.detail,
                row.version.remediation,
            )
            for row in rows.order_by("policy__slug", "subject")
        ]

    def _run_one(self, subject: str) -> builtins.list[Line]:
        kind, _, slug = subject.partition(":")
        if not any(True for _ in kind_called(kind).about.listed([slug])):
            raise CommandError(f"There is no {kind} {slug!r}.")
        return [
            Line(one.verdict, one.severity, one.policy.slug, subject, one.detail, one.remediation)
            for one in run_for({kind: [slug]})
        ]

    def _print(self, lines: Iterable[Line]) -> None:
        counted = dict.fromkeys(Verdict.values, 0)
        for line in lines:
            counted[line.verdict] += 1
            if line.verdict == Verdict.FAIL:
                self.stdout.write(f"{line.severity} {line.subject}: {line.policy}. {line.detail}. {line.remediation}")
        said = ("fail", "waived", "unjudged")
        self.stdout.write(", ".join(f"{counted[word]} {Verdict(word).label.lower()}" for word in said))


def _plain(line: Line) -> dict[str, str]:
    return {name: str(getattr(line, name)) for name in Line.__slots__}
