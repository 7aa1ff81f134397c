"""A company's own policies in an estate document, and where a policy is stricter or switched off."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final

from controlplane.console.estate.changes import differences
from controlplane.console.estate.document import UNKNOWN, Entry
from controlplane.console.estate.rows import Rows
from controlplane.foundation.errors import Invalid
from controlplane.governance.facts import kinds
from controlplane.governance.models import Policy, PolicyOverride, PolicyVersion
from controlplane.governance.policies.except_for import check_override
from controlplane.governance.policies.ship import shipped
from controlplane.governance.policies.write import check_content, check_reach
from controlplane.governance.rules.effective import OFF
from controlplane.governance.rules.policy import Content
from controlplane.governance.rules.verdicts import Reach, Severity

#: What a version says, as an entry has it, with what it is when left out.
_SAID: Final[Mapping[str, Any]] = {
    "severity": Severity.WARN.value,
    "applies_when": "",
    "expression": "",
    "remediation": "",
    "passes": [],
    "fails": [],
}
_COLUMNS: Final = ("title", *_SAID)


def policy(entry: Entry, rows: Rows) -> None:
    """What a policy says, or only where one that is there holds otherwise."""
    row = _saying(entry, rows) if entry.has("expression") else _there(entry, rows)
    for exception in entry.inner("exceptions"):
        reach = exception.choice("reach", Reach.values)
        scope = exception.take("scope", "")
        severity = exception.choice("severity", [*Severity.values, OFF])
        reason = exception.need("reason")
        if exception.stands and row is not UNKNOWN:
            with _at_its_field(exception):
                check_override(row, reach, scope, severity, reason)
        where = {"policy": row, "reach": reach, "scope": scope}
        rows.put_at(exception, PolicyOverride, where, severity=severity, reason=reason)


def _saying(entry: Entry, rows: Rows) -> Policy:
    before = rows.of(Policy).get(entry.slug)
    about = entry.choice("about", kinds())
    reach, scope = entry.choice("reach", Reach.values, Reach.COMPANY), entry.take("scope", "")
    content = Content(
        about=about,
        title=entry.need("title"),
        severity=entry.choice("severity", Severity.values, Severity.WARN),
        expression=entry.expression("expression"),
        remediation=entry.need("remediation"),
        applies_when=entry.expression("applies_when"),
        passes=entry.items("passes"),
        fails=entry.items("fails"),
    )
    if before is not None and before is not UNKNOWN and before.about != about:
        entry.amiss("about", f"what a policy is about stays {before.about!r}.")
    if entry.stands:
        with _at_its_field(entry):
            check_reach(reach, scope)
            check_content(content)
    row = rows.put(entry, Policy, about=about, reach=reach, scope=scope)
    if entry.stands:
        _keep(entry, rows, row, content)
    return row


def _there(entry: Entry, rows: Rows) -> Policy:
    """A policy of which a document says only where it holds otherwise; one that comes with Interlock is brought."""
    row = rows.of(Policy).get(entry.slug)
    if row is None and (content := shipped().get(entry.slug)) is not None:
        row = rows.put(entry, Policy, about=content.about, shipped=True)
        _keep(entry, rows, row, content, is_shipped=True)
        return row
    if row is None:
        entry.wrong("there is no such policy; one of your own needs its 'expression'.")
        rows.spoil(Policy, entry.slug)
        return UNKNOWN  # type: ignore[no-any-return]  # stands for what cannot be had
    rows.note(entry, "same")
    return row


def _keep(entry: Entry, rows: Rows, row: Policy, content: Content, *, is_shipped: bool = False) -> None:
    """The next version, where the newest says something else."""
    last = row.current
    if last is not None and last.content_hash == content.hash:
        return
    number = last.number + 1 if last else 1
    said = {name: getattr(content, name) for name in _COLUMNS}
    made = PolicyVersion(
        policy=row,
        number=number,
        content_hash=content.hash,
        shipped=is_shipped,
        reason=f"Applied by {rows.actor.label}." if rows.actor.label else "",
        **said,
    )
    rows.write(made)
    row.current = made
    rows.write(row, "current")
    says = f"a new version, v{number}"
    rows.note(entry, "created", f" v{number}", *differences(last, made, *_COLUMNS), says=says)


@contextmanager
def _at_its_field(entry: Entry) -> Iterator[None]:
    """What is refused in here is noted at the field that it is about."""
    try:
        yield
    except Invalid as error:
        entry.amiss(error.field or "expression", error.detail)


def exported() -> dict[str, dict[str, Any]]:
    """What a company has said itself: its own policies, those it changed, and every exception."""
    exceptions: dict[int, list[dict[str, str]]] = {}
    for one in PolicyOverride.objects.order_by("reach", "scope"):
        scope = {"scope": one.scope} if one.scope else {}
        entry = {"reach": one.reach, **scope, "severity": one.severity, "reason": one.reason}
        exceptions.setdefault(one.policy_id, []).append(entry)
    found = {}
    for row in Policy.objects.filter(current__isnull=False).select_related("current").order_by("slug"):
        said = _written(row) if row.current and not row.current.shipped else {}
        if one_of := exceptions.get(row.pk):
            said["exceptions"] = one_of
        if said:
            found[row.slug] = said
    return found


def _written(row: Policy) -> dict[str, Any]:
    version = row.current
    place = {"reach": row.reach, "scope": row.scope} if row.scope else {}
    said = {name: getattr(version, name) for name in _SAID}
    given = {name: value for name, value in said.items() if value != _SAID[name]}
    return {"title": getattr(version, "title", ""), "about": row.about, **place, **given}
