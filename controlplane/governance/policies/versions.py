"""Versions of policies: only ever added."""

from __future__ import annotations

from controlplane.governance.models import Policy, PolicyVersion
from controlplane.governance.rules.policy import Content


def add_version(
    policy: Policy, content: Content, *, author: str | None = None, reason: str = "", shipped: bool = False
) -> PolicyVersion:
    """The next version of a policy, which holds from now on. What calls this has checked the content."""
    number = policy.current.number + 1 if policy.current else 1
    policy.current = PolicyVersion.objects.create(
        policy=policy,
        number=number,
        title=content.title,
        severity=content.severity,
        expression=content.expression,
        applies_when=content.applies_when,
        remediation=content.remediation,
        passes=list(content.passes),
        fails=list(content.fails),
        shipped=shipped,
        content_hash=content.hash,
        author_id=author or None,
        reason=reason,
    )
    policy.save(update_fields=["current"])
    return policy.current
