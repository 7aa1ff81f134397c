"""Exceptions: a policy is stricter in a part of the company, or switched off there, with a reason."""

from __future__ import annotations

from django.db import transaction

from controlplane.audit import services as audit
from controlplane.audit.models import Subject, Via
from controlplane.foundation.errors import Invalid
from controlplane.governance.models import Policy, PolicyOverride
from controlplane.governance.policies.found import policy_called
from controlplane.governance.policies.rights import require_govern
from controlplane.governance.policies.run import run_policy
from controlplane.governance.policies.write import check_reach, check_reason
from controlplane.governance.rules.effective import OFF
from controlplane.governance.rules.verdicts import Severity, is_stricter
from controlplane.people.access import Access


@transaction.atomic
def except_for(
    access: Access, slug: str, reach: str, scope: str, severity: str, reason: str, *, via: Via = Via.PAGE
) -> PolicyOverride:
    """Let a policy hold otherwise for a part of the company; what is said for that part already is replaced."""
    require_govern(access)
    policy = policy_called(slug, locked=True)
    check_override(policy, reach, scope, severity, reason)
    override, _ = PolicyOverride.objects.update_or_create(
        policy=policy,
        reach=reach,
        scope=scope,
        defaults={"severity": severity, "reason": reason, "by_label": access.name},
    )
    run_policy(slug)
    details = {"reach": reach, "scope": scope, "severity": severity}
    audit.record(
        "policy.excepted", actor=access.actor, via=via, subject=Subject("policy", slug), reason=reason, details=details
    )
    return override


@transaction.atomic
def no_exception(access: Access, slug: str, reach: str, scope: str, reason: str, *, via: Via = Via.PAGE) -> None:
    """Let a policy hold there again as everywhere; harmless where it does."""
    require_govern(access)
    check_reason(reason)
    policy = policy_called(slug, locked=True)
    removed, _ = PolicyOverride.objects.filter(policy=policy, reach=reach, scope=scope).delete()
    if not removed:
        return
    run_policy(slug)
    details = {"reach": reach, "scope": scope}
    audit.record(
        "policy.restored", actor=access.actor, via=via, subject=Subject("policy", slug), reason=reason, details=details
    )


def check_override(policy: Policy, reach: str, scope: str, severity: str, reason: str) -> None:
    """Raise :class:`Invalid`, with the field, for an exception that cannot be made: it is stricter, or off."""
    check_reason(reason)
    check_reach(reach, scope)
    if severity not in {OFF, *Severity.values}:
        there_are = ", ".join([*Severity.values, OFF])
        raise Invalid(f"There is no severity {severity!r}; there are: {there_are}.", field="severity")
    if severity != OFF and policy.current and not is_stricter(severity, policy.current.severity):
        raise Invalid(
            f"An exception is stricter than {policy.current.severity}, or switches the policy off.", field="severity"
        )
