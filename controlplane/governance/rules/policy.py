"""What a policy says, and judging one subject by it: from facts alone.

A policy is written over one variable, called like the kind of its subject: ``integration.owner != ''``. What nobody
knows of a subject is not among its facts, so that an expression that reads it fails: the verdict is then "could not
be judged", and never a pass.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache
from typing import Any, Final

from controlplane.foundation.errors import Invalid
from controlplane.foundation.expressions import ExpressionFailed, expression
from controlplane.governance.rules.content import hash_of
from controlplane.governance.rules.verdicts import Severity, Verdict

#: Facts of one object, by their names.
Facts = Mapping[str, Any]

LONGEST_TITLE: Final = 120
LONGEST_EXPRESSION: Final = 2_000
LONGEST_REMEDIATION: Final = 2_000
LONGEST_DETAIL: Final = 400
MOST_EXAMPLES: Final = 20
_TEXT = re.compile(r"""'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*\"""")
#: Names that a comprehension gives to the elements of a list.
_BOUND = re.compile(r"\.(?:map|filter|all|exists|exists_one)\s*\(\s*([A-Za-z_]\w*)\s*,", re.ASCII)
_LONGEST_VALUE: Final = 80


@dataclass(frozen=True, slots=True)
class Content:
    """Everything that one version of a policy says. ``passes`` and ``fails`` are the objects that it is tested on."""

    about: str
    title: str
    severity: str
    expression: str
    remediation: str
    applies_when: str = ""
    passes: Sequence[Facts] = ()
    fails: Sequence[Facts] = ()

    @property
    def hash(self) -> str:
        """SHA-256 of all of it, in hexadecimal digits."""
        return hash_of(asdict(self))


@dataclass(frozen=True, slots=True)
class Judged:
    """A verdict, and why: the facts that it stands on, or what is missing for one."""

    verdict: Verdict
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Examined:
    """One of a policy's own tests: the example, what it must be, what it was, and why."""

    number: int
    facts: Facts
    expected: Verdict
    found: Verdict | None
    detail: str

    @property
    def holds(self) -> bool:
        """Whether the policy does with it what it must."""
        return self.found == self.expected


def judge(content: Content, facts: Facts) -> Judged | None:
    """What a policy finds of one object; None where it does not apply to it."""
    context = {content.about: facts if isinstance(facts, dict) else dict(facts)}
    try:
        if content.applies_when and not expression(content.applies_when).holds(context):
            return None
        passed = expression(content.expression).holds(context)
    except ExpressionFailed as failure:
        return Judged(Verdict.UNJUDGED, f"There is no evidence: {failure.reason}"[:LONGEST_DETAIL])
    return Judged(Verdict.PASS if passed else Verdict.FAIL, _read(content, facts))


def examined(content: Content) -> list[Examined]:
    """Every example of a policy, with what came of it."""
    wanted = [(facts, Verdict.PASS) for facts in content.passes] + [(facts, Verdict.FAIL) for facts in content.fails]
    return [_examined(content, number, facts, expected) for number, (facts, expected) in enumerate(wanted, 1)]


def fields_read(content: Content) -> tuple[str, ...]:
    """The facts that a policy stands on, in the order in which it names them."""
    return _fields_read(content.about, content.applies_when, content.expression)


@lru_cache(maxsize=1024)
def _fields_read(about: str, *sources: str) -> tuple[str, ...]:
    """Kept, because every object that a policy is asked about needs it."""
    place = re.compile(rf"\b{re.escape(about)}\s*\.\s*([A-Za-z_]\w*)", re.ASCII)
    return tuple(dict.fromkeys(found[1] for source in sources for found in place.finditer(bare(source))))


def bare(source: str) -> str:
    """An expression without what it says in quotes."""
    return _TEXT.sub("''", source)


def check(content: Content, known: Collection[str]) -> None:
    """Raise :class:`Invalid`, with the field, for what cannot be a policy; ``known`` are the facts of its subjects."""
    _check_types(content)
    _check_texts(content)
    for name, source in (("expression", content.expression), ("applies_when", content.applies_when)):
        if source:
            _check_expression(name, source, content.about)
    for name in fields_read(content):
        if name not in known:
            there_are = ", ".join(sorted(known))
            raise Invalid(f"There is no fact {content.about}.{name}; there are: {there_are}.", field="expression")
    _check_examples(content)


def _check_types(content: Content) -> None:
    """What comes from a document or a program may be anything."""
    for name in ("about", "title", "severity", "expression", "remediation", "applies_when"):
        if not isinstance(getattr(content, name), str):
            raise Invalid(f"{name} is text.", field=name)
    for name in ("passes", "fails"):
        examples = getattr(content, name)
        if not isinstance(examples, list | tuple) or not all(isinstance(facts, Mapping) for facts in examples):
            raise Invalid("Examples are a list of objects: facts by their names.", field=name)


def _check_texts(content: Content) -> None:
    limits = {"title": LONGEST_TITLE, "expression": LONGEST_EXPRESSION, "remediation": LONGEST_REMEDIATION}
    for name, longest in limits.items():
        text = getattr(content, name)
        if not text.strip():
            raise Invalid(f"A policy needs its {name}.", field=name)
        if len(text) > longest:
            raise Invalid(f"{name} may have {longest:,} characters, this has {len(text):,}.", field=name)
    if len(content.applies_when) > LONGEST_EXPRESSION:
        raise Invalid(f"applies_when may have {LONGEST_EXPRESSION:,} characters.", field="applies_when")
    if content.severity not in Severity.values:
        there_are = ", ".join(Severity.values)
        raise Invalid(f"There is no severity {content.severity!r}; there are: {there_are}.", field="severity")


def _check_expression(name: str, source: str, about: str) -> None:
    try:
        read = expression(source).variables()
    except Invalid as error:
        raise Invalid(error.detail, field=name) from error
    own = {about, *_BOUND.findall(bare(source))}
    strange = [variable for variable in read if variable not in own]
    if strange:
        raise Invalid(f"A policy about this reads {about!r} alone, not {strange[0]!r}.", field=name)


def _check_examples(content: Content) -> None:
    for name in ("passes", "fails"):
        examples = getattr(content, name)
        if not examples:
            must = "pass" if name == "passes" else "fail"
            raise Invalid(f"A policy needs an example that must {must}, to be tested on.", field=name)
        if len(examples) > MOST_EXAMPLES:
            raise Invalid(f"There may be {MOST_EXAMPLES} examples of a kind, these are {len(examples)}.", field=name)
    for one in examined(content):
        if not one.holds:
            found = one.found.label.lower() if one.found else "is not applied to"
            field = "passes" if one.expected is Verdict.PASS else "fails"
            words = f"Example {one.number} must {one.expected.value}, and {found}. {one.detail}"
            raise Invalid(words.strip(), field=field)


def _examined(content: Content, number: int, facts: Facts, expected: Verdict) -> Examined:
    judged = judge(content, facts)
    if judged is None:
        return Examined(number, facts, expected, None, "The policy does not apply to it.")
    return Examined(number, facts, expected, judged.verdict, judged.detail)


def _read(content: Content, facts: Facts) -> str:
    """The facts that a verdict stands on: ``owner is empty, criticality is critical``."""
    read = [f"{name} is {_shown(facts[name])}" for name in fields_read(content) if name in facts]
    return ", ".join(read)[:LONGEST_DETAIL]


def _shown(value: Any) -> str:
    if value is None or value in ("", [], {}):
        return "empty"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value))[:_LONGEST_VALUE]
    return str(value)[:_LONGEST_VALUE]
