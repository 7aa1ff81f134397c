"""A new version of a contract as a kind of change: judged by rules, by real payloads, and by a board."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from controlplane.audit.models import Subject
from controlplane.contracts.canary import asked as canary
from controlplane.contracts.canary.begin import refuse_beside
from controlplane.contracts.comparison import Version, compare
from controlplane.contracts.consumers.affected import impact_on, touched_by
from controlplane.contracts.consumers.asking import ask, hindrance, taken_up
from controlplane.contracts.lifecycle import evidence
from controlplane.contracts.lifecycle.checks import checks_of
from controlplane.contracts.lifecycle.content import BREAKS, FIELDS, checked, content_of, inherited
from controlplane.contracts.lifecycle.governing import governs
from controlplane.contracts.lifecycle.publish import publish
from controlplane.contracts.lifecycle.subject import contract_of
from controlplane.contracts.models import Compatibility, ContractVersion, Format
from controlplane.contracts.rules.judging import Finding
from controlplane.contracts.rules.rule import Side
from controlplane.contracts.selectors import newest_published
from controlplane.foundation.errors import Conflict, Invalid
from controlplane.foundation.pages import page_url
from controlplane.governance.kinds import Applying, CheckOf, Content, Described, Documents, Kind
from controlplane.governance.models import ChangeRequest, Revision
from controlplane.governance.rules.changed import Changed, Impact, Level
from controlplane.people.access import Access
from controlplane.people.roles import Action

#: Failures that a rollback is offered to answer for.
FAILURES: Final = 20
_WORDS: Final = {
    "keys": "Business keys",
    "links": "Ids that name one thing",
    "personal": "What is masked",
    "secret": "What is never kept",
    "examples": "Examples",
    "enforcement": "What becomes of one that breaks it",
    "downgrade": "How a message becomes one of the version before",
}
#: What of it can break nobody.
_HARMLESS: Final = ("examples",)


def describe(subject: Subject) -> Described:
    """Its name, whose it is, and its page."""
    contract = contract_of(subject)
    return Described(name=contract.name, team_id=contract.team_id, url=page_url("console:contract", contract.slug))


def validate(subject: Subject, content: Content) -> Content:
    """A whole content, what was left out taken from the version that holds now."""
    contract = contract_of(subject)
    found = checked(contract, content)
    last = newest_published(contract)
    if last is not None and content_of(last) == {name: found[name] for name in FIELDS}:
        raise Invalid(f"That is what version {last.number} says already; nothing would change.", field="schema")
    return found


def base(subject: Subject) -> dict[str, Any]:
    """The version that holds now; empty before the first."""
    last = newest_published(contract_of(subject))
    if last is None:
        return {}
    content = content_of(last)
    # Left out where there is none: what was proposed before there was such a thing stands on the same.
    return {"version": last.number} | {name: value for name, value in content.items() if value or name != "downgrade"}


def diff(subject: Subject, content: Content, before: Any) -> Sequence[Changed]:
    """What the rules say of the schema, then what else of the version changes."""
    contract = contract_of(subject)
    if not before:
        return [Changed(Level.SAFE, "The first version", after="new")]
    standing = Version(before["schema"], before["version"])
    report = compare(Format(contract.format), Compatibility(contract.compatibility), [standing], content["schema"])
    return [*(told(one.finding) for one in report.findings), *beside(content, before)]


def beside(content: Content, before: Content) -> Sequence[Changed]:
    """What else of a version changes than its schema, and on whom it is tried first."""
    found = [
        Changed(_level(name, before.get(name)), words, _shown(before.get(name)), _shown(content[name]))
        for name, words in _WORDS.items()
        if content[name] != before.get(name, [])
    ]
    words = canary.said(content)
    return [*found, Changed(Level.SAFE, "Tried as a canary", after=words)] if words else found


def told(finding: Finding) -> Changed:
    """A finding as boards and pages read it."""
    hurt = " and ".join(side.value for side in Side if finding.of(side) is not Level.SAFE)
    return Changed(
        finding.level,
        finding.path or "the whole",
        after=finding.message,
        follows=finding.remedy,
        who=hurt,
        rule=finding.rule,
    )


def _level(name: str, before: Any) -> Level:
    """Keys that go are not found by any more; what was masked may be seen."""
    if name in _HARMLESS:
        return Level.SAFE
    return Level.RISKY if before or name == "enforcement" else Level.SAFE


def _shown(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(_one(item) for item in value)
    return str(value or "")


def _one(item: Any) -> str:
    """A key with where it stands, a link with what it ties, an example by its name, a line by its target, a pointer."""
    if not isinstance(item, Mapping):
        return str(item)
    if "kind" not in item:
        return str(item.get("name") or item.get("target") or dict(item))
    ties = " ".join(str(item[name]) for name in ("issuer", "key", "target", "value") if item.get(name))
    return f"{item['kind']}: {ties}"


def documents(revision: Revision) -> Documents:
    """The schema, beside that of the version that it stands on."""
    before: Mapping[str, Any] = revision.base or {}
    name, proposed = f"{revision.change.subject_id}.json", revision.content["schema"]
    if not before:
        return Documents(name, proposed)
    return Documents(name, proposed, before["schema"], f"version {before['version']}")


def checks(subject: Subject, content: Content) -> Sequence[CheckOf]:
    """What is found before anybody votes."""
    return checks_of(contract_of(subject), content)


def impact(subject: Subject, content: Content) -> Impact:
    """Who consumes the contract, whom of them it touches, and how much goes through."""
    return impact_on(touched_by(contract_of(subject), base(subject), content))


def apply(applying: Applying) -> None:
    """Publish what was voted on."""
    change, revision = applying.change, applying.revision
    why = f"{change.reference}: {revision.title}"
    contract = contract_of(applying.subject)
    made = publish(contract, applying.content, applying.access, why, change=change, author=revision.person_id)
    taken_up(change, made)


def undo(subject: Subject, revision: Revision) -> Content:
    """The content before it, as a newer version: a published one is never taken back."""
    before: Mapping[str, Any] = revision.base or {}
    refuse_beside(contract_of(subject))
    if not before:
        raise Conflict(f"There was no version of {subject.id} before this one; propose a newer one instead.")
    return inherited(before) | {BREAKS: "What was published before holds again."}


def failures(change: ChangeRequest, access: Access) -> Sequence[str]:
    """What began failing with the version that it published."""
    version = ContractVersion.objects.select_related("contract").filter(change=change).first()
    return evidence.failed_since(version, access, FAILURES) if version is not None else ()


CONTRACT: Final = Kind(
    label="Contract version",
    needs=Action.CONFIGURE,
    describe=describe,
    validate=validate,
    base=base,
    diff=diff,
    apply=apply,
    undo=undo,
    checks=checks,
    proposed=ask,
    hinders=hindrance,
    impact=impact,
    governs=governs,
    failures=failures,
    documents=documents,
)
