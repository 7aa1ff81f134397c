"""Waivers: asked for by one person, decided by another, and over by their date."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Final

from django.db import IntegrityError, transaction

from controlplane.audit import services as audit
from controlplane.audit.models import Subject, Via
from controlplane.foundation import clock, planned
from controlplane.foundation.errors import Conflict, Invalid, NotFound
from controlplane.governance.facts import Fact, kind_called
from controlplane.governance.models import Waiver, WaiverState
from controlplane.governance.policies.found import policy_called
from controlplane.governance.policies.rights import may_govern, require_another, require_decide
from controlplane.governance.policies.run import run_for
from controlplane.governance.policies.write import check_reason
from controlplane.governance.rules.waiving import LONGEST
from controlplane.people.access import Access, Action
from controlplane.people.models import Person

LONGEST_WORDS: Final = 1_000


@transaction.atomic
def ask(
    access: Access,
    policy_slug: str,
    kind: str,
    subject: str,
    reason: str,
    until: date,
    *,
    owner: Person | None = None,
    via: Via = Via.PAGE,
) -> Waiver:
    """Ask that a policy is not held against one subject, to the end of a day in one year at most.

    Takes the right to configure in the subject's team. Nothing is silenced before somebody else grants it.
    """
    policy = policy_called(policy_slug)
    fact = subject_called(policy.about, kind, subject)
    if not may_govern(access):
        access.require(Action.CONFIGURE, fact.team_id)
    check_reason(reason)
    now = clock.now()
    try:
        with transaction.atomic():
            waiver = Waiver.objects.create(
                policy=policy,
                subject_kind=kind,
                subject=fact.slug,
                reason=reason,
                owner_id=owner.pk if owner else access.person_id,
                expires_at=end_of(until, now),
                asked_by_id=access.person_id,
                asked_at=now,
            )
    except IntegrityError as error:
        raise Conflict(f"A waiver of {policy.slug} for {fact.name} waits for a decision already.") from error
    record("waiver.asked", waiver, access, reason, via)
    return waiver


@transaction.atomic
def grant(access: Access, waiver_id: int, words: str = "", *, via: Via = Via.PAGE) -> Waiver:
    """Agree to a waiver: from now to its end, exactly that policy is not held against exactly that subject."""
    waiver = _to_decide(access, waiver_id)
    if waiver.expires_at <= clock.now():
        raise Conflict("Its end has passed already. Nothing was changed; it can be asked for again.")
    return _decided(access, waiver, WaiverState.GRANTED, words, via)


@transaction.atomic
def decline(access: Access, waiver_id: int, words: str, *, via: Via = Via.PAGE) -> Waiver:
    """Refuse a waiver, with words for who asked."""
    check_reason(words)
    return _decided(access, _to_decide(access, waiver_id), WaiverState.DECLINED, words, via)


@transaction.atomic
def end(access: Access, waiver_id: int, words: str, *, via: Via = Via.PAGE) -> Waiver:
    """End a granted waiver before its date: the finding is back at once."""
    check_reason(words)
    waiver = _locked(waiver_id)
    if waiver.state != WaiverState.GRANTED:
        raise Conflict("Only a waiver that was granted can be ended. Nothing was changed.")
    team = team_of(waiver)
    if not access.may(Action.CONFIGURE, team):
        require_decide(access, team)
    waiver.state, waiver.words = WaiverState.ENDED, words
    waiver.ended_by_id, waiver.ended_at = access.person_id, clock.now()
    waiver.save(update_fields=["state", "words", "ended_by", "ended_at"])
    run_for({waiver.subject_kind: [waiver.subject]})
    record("waiver.ended", waiver, access, words, via)
    return waiver


def subject_called(about: str, kind: str, slug: str) -> Fact:
    """The subject of a kind and slug; :class:`NotFound` where there is none, :class:`Invalid` for another kind."""
    if kind != about:
        raise Invalid(f"This policy is about {about}, not about {kind[:40]}.", field="subject_kind")
    found = next(iter(kind_called(kind).about.listed([slug])), None)
    if found is None:
        raise NotFound(f"There is no {kind} {slug[:120]!r}.", field="subject")
    return found


def team_of(waiver: Waiver) -> int | None:
    """The team that the subject of a waiver belongs to; None for none, and for a subject that is gone."""
    found = next(iter(kind_called(waiver.subject_kind).about.listed([waiver.subject])), None)
    return found.team_id if found else None


def end_of(until: date, now: datetime) -> datetime:
    """The end of a day, in the zone of who asks; :class:`Invalid` where it cannot be a waiver's."""
    if until.year in planned.YEARS:
        end = datetime.combine(until + timedelta(days=1), time(), clock.zone())
        if now < end <= now + LONGEST + timedelta(days=1):
            return end
    raise Invalid("A waiver ends after today, and within a year.", field="until")


def _locked(waiver_id: int) -> Waiver:
    found = Waiver.objects.select_for_update(of=("self",)).select_related("policy").filter(pk=waiver_id).first()
    if found is None:
        raise NotFound("There is no such waiver.")
    return found


def _to_decide(access: Access, waiver_id: int) -> Waiver:
    waiver = _locked(waiver_id)
    if waiver.state != WaiverState.ASKED:
        raise Conflict(f"This waiver is decided already: {waiver.get_state_display().lower()}. Nothing was changed.")
    require_another(access, waiver.asked_by_id)
    require_decide(access, team_of(waiver))
    return waiver


def _decided(access: Access, waiver: Waiver, state: WaiverState, words: str, via: Via) -> Waiver:
    waiver.state, waiver.words = state, words[:LONGEST_WORDS]
    waiver.decided_by_id, waiver.decided_at = access.person_id, clock.now()
    waiver.save(update_fields=["state", "words", "decided_by", "decided_at"])
    run_for({waiver.subject_kind: [waiver.subject]})
    record(f"waiver.{state.value}", waiver, access, words, via)
    return waiver


def record(action: str, waiver: Waiver, access: Access, reason: str, via: Via = Via.SYSTEM) -> None:
    """Keep in the audit what became of a waiver."""
    details = {
        "policy": waiver.policy.slug,
        waiver.subject_kind: waiver.subject,
        "until": waiver.expires_at.isoformat(),
    }
    audit.record(
        action, actor=access.actor, via=via, subject=Subject("waiver", str(waiver.pk)), reason=reason, details=details
    )
