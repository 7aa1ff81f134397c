"""Policies and waivers as changes that a board decides on, and policies as a check of every other change.

Where no board decides on the kind, ``write`` and ``waive`` are used directly, by those who may.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, fields
from datetime import date
from typing import Any, Final

from django.db import transaction

from controlplane.audit.models import Subject
from controlplane.foundation import clock
from controlplane.foundation.errors import Invalid, NotFound
from controlplane.foundation.logs import logger
from controlplane.governance.facts import kind_called, kinds
from controlplane.governance.kinds import Applying, CheckOf, Described, Found, Kind
from controlplane.governance.kinds import Content as Proposed
from controlplane.governance.kinds import kind_called as change_kind
from controlplane.governance.models import Policy, Revision, Waiver, WaiverState
from controlplane.governance.policies.found import policy_called
from controlplane.governance.policies.run import run_for, run_policy, would_find
from controlplane.governance.policies.versions import add_version
from controlplane.governance.policies.waive import end_of, record, subject_called
from controlplane.governance.policies.write import check_content, check_reach, check_slug, record_policy
from controlplane.governance.rules.changed import Changed, Level
from controlplane.governance.rules.policy import Content
from controlplane.governance.rules.verdicts import Reach, is_stricter
from controlplane.people.access import Access, Action, access_for
from controlplane.people.models import Account

log = logger(__name__)

#: Kinds of change that policies are not held against: they are how a policy or its exception comes about.
_OWN: Final = frozenset({"policy", "waiver"})
_LONGEST: Final = 80


# -- a policy --------------------------------------------------------------------------------------


def _policy(subject: Subject) -> Policy | None:
    return Policy.objects.select_related("current").filter(slug=subject.id, current__isnull=False).first()


def _describe_policy(subject: Subject) -> Described:
    found = _policy(subject)
    return Described(found.current.title if found and found.current else subject.id[:_LONGEST])


def _validate_policy(subject: Subject, content: Proposed) -> Proposed:
    reach, scope = str(content.get("reach", Reach.COMPANY)), str(content.get("scope", ""))
    check_slug(subject.id)
    check_reach(reach, scope)
    said = _content(content)
    check_content(said)
    if (found := _policy(subject)) is not None and found.about != said.about:
        raise Invalid("What a policy is about stays; make another one.", field="about")
    return asdict(said) | {"reach": reach, "scope": scope}


def _content(content: Proposed) -> Content:
    names = {one.name for one in fields(Content)}
    if unknown := sorted(set(content) - names - {"reach", "scope"}):
        raise Invalid(f"A policy has no {unknown[0]!r}; it has: {', '.join(sorted(names))}.", field=unknown[0])
    try:
        return Content(**{name: value for name, value in content.items() if name in names})
    except TypeError as error:
        needed = "about, title, severity, expression, remediation"
        raise Invalid(f"A policy needs {needed}.", field="content") from error


def _base_policy(subject: Subject) -> Any:
    found = _policy(subject)
    if found is None or found.current is None:
        return None
    return asdict(found.current.content(found.about)) | {"reach": found.reach, "scope": found.scope}


def _diff_policy(_subject: Subject, content: Proposed, base: Any) -> Sequence[Changed]:
    before: Mapping[str, Any] = base or {}
    return [
        Changed(_level(name, before.get(name), value), name.replace("_", " "), _word(before.get(name)), _word(value))
        for name, value in content.items()
        if before.get(name) != value
    ]


def _level(name: str, before: Any, after: Any) -> Level:
    """A rule that asks for more can refuse what passed before."""
    if name == "severity":
        return Level.RISKY if before is None or is_stricter(after, before) else Level.SAFE
    return Level.RISKY if name in {"expression", "applies_when", "reach", "scope"} else Level.SAFE


def _word(value: Any) -> str:
    return "" if value in (None, "", []) else str(value)[:400]


def _apply_policy(applying: Applying) -> None:
    content, slug = applying.content, applying.subject.id
    said = _content(content)
    policy = _policy(applying.subject) or Policy.objects.create(
        slug=slug, about=said.about, reach=content["reach"], scope=content["scope"]
    )
    policy.reach, policy.scope = content["reach"], content["scope"]
    policy.save(update_fields=["reach", "scope"])
    add_version(policy, said, author=str(applying.revision.person_id), reason=applying.revision.why)
    run_policy(slug)
    record_policy("policy.changed", policy, applying.access.actor, applying.revision.why)


def _undo_policy(_subject: Subject, revision: Revision) -> Proposed:
    """What it said before; one that was new is switched off by an exception instead."""
    if revision.base is None:
        raise Invalid("A policy that was new is not taken back; switch it off with an exception.", field="content")
    base: Proposed = revision.base
    return base


# -- a waiver --------------------------------------------------------------------------------------


def _describe_waived(subject: Subject) -> Described:
    found = next(iter(kind_called(subject.kind).about.listed([subject.id])), None)
    if found is None:
        raise NotFound(f"There is no {subject.kind} {subject.id!r}.")
    return Described(found.name, found.team_id, found.environment)


def _validate_waiver(subject: Subject, content: Proposed) -> Proposed:
    policy = policy_called(str(content.get("policy", "")))
    subject_called(policy.about, subject.kind, subject.id)
    try:
        until = date.fromisoformat(str(content.get("until", "")))
    except ValueError as error:
        raise Invalid("Say until which day, such as 2027-03-31.", field="until") from error
    end_of(until, clock.now())
    return {"policy": policy.slug, "until": until.isoformat()}


def _base_waiver(subject: Subject) -> Any:
    """What holds for the subject already: another waiver that is granted meanwhile makes this one stale."""
    held = Waiver.objects.filter(subject_kind=subject.kind, subject=subject.id, state=WaiverState.GRANTED)
    return sorted(held.filter(expires_at__gt=clock.now()).values_list("policy__slug", flat=True))


def _diff_waiver(subject: Subject, content: Proposed, _base: Any) -> Sequence[Changed]:
    policy = policy_called(content["policy"])
    title = policy.current.title if policy.current else policy.slug
    held = "held against it"
    waived = f"waived until {content['until']}"
    return [Changed(Level.RISKY, title, held, waived, f"Nobody is told that {subject.kind} {subject.id} breaks it.")]


def _apply_waiver(applying: Applying) -> None:
    content, subject, revision = applying.content, applying.subject, applying.revision
    policy = policy_called(content["policy"])
    waiver = Waiver.objects.create(
        policy=policy,
        subject_kind=subject.kind,
        subject=subject.id,
        reason=revision.why,
        owner_id=revision.person_id,
        expires_at=end_of(date.fromisoformat(content["until"]), clock.now()),
        asked_by_id=revision.person_id,
        asked_at=clock.now(),
    )
    waiver.state, waiver.words = WaiverState.GRANTED, applying.words
    waiver.decided_by_id, waiver.decided_at = applying.approved_by[-1], clock.now()
    waiver.save(update_fields=["state", "words", "decided_by", "decided_at"])
    run_for({subject.kind: [subject.id]})
    record("waiver.granted", waiver, applying.access, applying.words)


# -- every other change ----------------------------------------------------------------------------


def policy_checks(revision: Revision) -> Sequence[CheckOf]:
    """A required check of every change of something that policies are about."""
    change = revision.change
    if change.kind in _OWN or change.subject_kind not in kinds():
        return ()
    return (CheckOf("policies", "No policy stands in the way", run=lambda: _as_it_would_be(revision)),)


def _as_it_would_be(revision: Revision) -> Found:
    """What blocks the subject as it would be: the change is applied, judged, and taken back.

    Where that is not possible before the votes, the subject is judged as it is, and the answer says so.
    """
    with transaction.atomic():
        is_applied = _applied(revision)
        found = would_find({revision.change.subject_kind: [revision.change.subject_id]}, clock.now())
        transaction.set_rollback(True)
    as_of = "As it would be" if is_applied else "As it is now"
    blocking = [one for one in found if one.is_refused]
    if blocking:
        said = " ".join(f"{one.title}: {one.detail}. {one.remediation}" for one in blocking)
        return Found(False, f"{as_of}, it breaks what blocks. {said}")
    return Found(True, f"{as_of}: {len(found)} policies were asked, and none blocks.")


def _applied(revision: Revision) -> bool:
    """Apply a change in this transaction, which is taken back; whether that was possible."""
    account = Account.objects.filter(pk=revision.account).first() if revision.account else None
    access = access_for(account) if account else Access(name="policies")
    try:
        with transaction.atomic():
            change_kind(revision.change.kind).apply(Applying(revision.change, revision, access, ()))
    except Exception as error:  # noqa: BLE001 - whatever a kind raises, the subject can be judged as it is
        log.info("policies.not_foreseen", kind=revision.change.kind, error=type(error).__name__)
        return False
    return True


POLICY = Kind(
    label="Policy",
    needs=Action.CONFIGURE,
    describe=_describe_policy,
    validate=_validate_policy,
    base=_base_policy,
    diff=_diff_policy,
    apply=_apply_policy,
    undo=_undo_policy,
    at_once=True,
)
WAIVER = Kind(
    label="Waiver",
    needs=Action.CONFIGURE,
    describe=_describe_waived,
    validate=_validate_waiver,
    base=_base_waiver,
    diff=_diff_waiver,
    apply=_apply_waiver,
    at_once=True,
)
