"""Making a policy and changing what it says: in versions, each of which has passed its own tests."""

from __future__ import annotations

from typing import Final

from django.core.exceptions import ValidationError
from django.core.validators import validate_slug
from django.db import transaction

from controlplane.audit import services as audit
from controlplane.audit.models import Actor, Subject, Via
from controlplane.foundation.errors import Conflict, Invalid
from controlplane.governance.facts import kind_called
from controlplane.governance.models import Policy
from controlplane.governance.policies.found import policy_called
from controlplane.governance.policies.rights import require_govern
from controlplane.governance.policies.run import run_policy
from controlplane.governance.policies.versions import add_version
from controlplane.governance.rules.policy import Content, check
from controlplane.governance.rules.verdicts import Reach
from controlplane.people.access import Access

LONGEST_REASON: Final = 1_000
LONGEST_SCOPE: Final = 80


def check_content(content: Content) -> None:
    """Raise :class:`Invalid`, with the field, for what cannot be a policy here."""
    check(content, set(kind_called(content.about).fields))


def check_reach(reach: str, scope: str) -> None:
    """Raise :class:`Invalid` for a part of the company that cannot be one."""
    if reach not in Reach.values:
        raise Invalid(f"There is no reach {reach[:40]!r}; there are: {', '.join(Reach.values)}.", field="reach")
    if (reach == Reach.COMPANY) == bool(scope) or len(scope) > LONGEST_SCOPE:
        raise Invalid("Say which domain, team or integration; the whole company has no name here.", field="scope")


def check_reason(reason: str) -> None:
    """Raise :class:`Invalid` for a reason that is none."""
    if not reason.strip() or len(reason) > LONGEST_REASON:
        raise Invalid(f"Give a reason, in {LONGEST_REASON:,} characters at most.", field="reason")


@transaction.atomic
def make(
    access: Access,
    slug: str,
    content: Content,
    reason: str,
    *,
    reach: str = "company",
    scope: str = "",
    via: Via = Via.PAGE,
) -> Policy:
    """A new policy of the company's own, judged by from the next run on."""
    require_govern(access)
    check_reason(reason)
    check_slug(slug)
    check_reach(reach, scope)
    check_content(content)
    if Policy.objects.filter(slug=slug).exists():
        raise Conflict(f"There is a policy {slug!r} already; change that one.", field="slug")
    policy = Policy.objects.create(slug=slug, about=content.about, reach=reach, scope=scope)
    add_version(policy, content, author=access.person_id, reason=reason)
    run_policy(slug)
    record_policy("policy.made", policy, access.actor, reason, via)
    return policy


@transaction.atomic
def change(access: Access, slug: str, content: Content, reason: str, *, based_on: int, via: Via = Via.PAGE) -> Policy:
    """A new version of a policy; ``based_on`` is the number of the one that was seen.

    The same content again changes nothing. :class:`Conflict` when somebody else was faster.
    """
    require_govern(access)
    check_reason(reason)
    policy = policy_called(slug, locked=True)
    check_content(content)
    if policy.current is not None and policy.current.number != based_on:
        raise Conflict(
            f"Version {policy.current.number} was made meanwhile; look at it, and change that one. Nothing was changed."
        )
    if content.about != policy.about:
        raise Invalid("What a policy is about stays; make another one.", field="about")
    if policy.current is None or policy.current.content_hash != content.hash:
        add_version(policy, content, author=access.person_id, reason=reason)
        run_policy(slug)
        record_policy("policy.changed", policy, access.actor, reason, via)
    return policy


def check_slug(slug: str) -> None:
    """Raise :class:`Invalid` for what no policy can be called."""
    try:
        validate_slug(slug)
    except ValidationError as error:
        raise Invalid("A policy is called in letters, digits and hyphens.", field="slug") from error
    if slug in {"new", "run"}:
        raise Invalid(f"{slug!r} is an address of its own; call the policy otherwise.", field="slug")
    if len(slug) > LONGEST_SCOPE:
        raise Invalid(f"The name of a policy may have {LONGEST_SCOPE} characters.", field="slug")


def record_policy(action: str, policy: Policy, actor: Actor, reason: str, via: Via = Via.SYSTEM) -> None:
    """Keep in the audit what became of a policy."""
    number = policy.current.number if policy.current else 0
    subject = Subject("policy", policy.slug)
    audit.record(action, actor=actor, via=via, subject=subject, reason=reason, details={"version": number})
