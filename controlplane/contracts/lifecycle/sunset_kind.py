"""That a version goes, as a kind of change: announced for a day, with those who still work by it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any, Final

from controlplane.audit import services as audit
from controlplane.audit.models import Subject, Via
from controlplane.contracts.consumers.asking import ask
from controlplane.contracts.consumers.leaving import affected_by, holders_of
from controlplane.contracts.lifecycle.retire import told
from controlplane.contracts.lifecycle.subject import SUNSET as SUBJECT
from controlplane.contracts.lifecycle.subject import version_of
from controlplane.contracts.models import ContractVersion, Sunset, VersionState
from controlplane.contracts.selectors import newest_published
from controlplane.foundation import clock
from controlplane.foundation.errors import Conflict, Invalid
from controlplane.foundation.pages import page_url
from controlplane.governance.kinds import Applying, CheckOf, Content, Described, Found, Kind
from controlplane.governance.models import Revision
from controlplane.governance.rules.changed import Changed, Impact, Level
from controlplane.people.roles import Action

#: The kind's name, and that of its subject: a version, such as ``order/2``.
NAME: Final = SUBJECT
LONGEST: Final = timedelta(days=3 * 366)


def subject_of(version: ContractVersion) -> Subject:
    """That version."""
    return Subject(NAME, f"{version.contract.slug}/{version.number}")


def describe(subject: Subject) -> Described:
    """Its name, whose it is, and its page."""
    version = version_of(subject)
    url = page_url("console:contract", version.contract.slug)
    url = f"{url}?version={version.number}" if url else ""
    return Described(name=str(version), team_id=version.contract.team_id, url=url)


def validate(subject: Subject, content: Content) -> Content:
    """A day that is still to come, of a version that has one after it; or that it stays, to call a sunset off."""
    version = version_of(subject)
    if unknown := sorted(set(content) - {"on", "in_any_case", "stays"}):
        raise Invalid(f"A sunset has no {unknown[0]!r}; it has: on, in_any_case, stays.", field=unknown[0])
    if version.state != VersionState.PUBLISHED:
        raise Invalid(f"{version} is {version.get_state_display().lower()}; only what is published goes.", field="on")
    if content.get("stays") is True:
        return {"stays": True}
    if (last := newest_published(version.contract)) is None or last.pk == version.pk:
        raise Invalid(f"{version} is the one that holds now. Publish another before it goes.", field="on")
    return {"on": _day(content.get("on")).isoformat(), "in_any_case": content.get("in_any_case") is True}


def _day(text: Any) -> date:
    try:
        day = date.fromisoformat(str(text))
    except ValueError as error:
        raise Invalid("Say on which day it goes, such as 2027-03-31.", field="on") from error
    today = clock.now().date()
    if not today < day <= today + LONGEST:
        raise Invalid("It goes on a day to come, within three years.", field="on")
    return day


def base(subject: Subject) -> dict[str, Any]:
    """What is announced now."""
    version = version_of(subject)
    found = Sunset.objects.filter(version=version).first()
    announced = {"on": found.on.isoformat(), "in_any_case": found.in_any_case} if found else {"on": ""}
    return {"state": version.state, **announced}


def diff(subject: Subject, content: Content, before: Any) -> Sequence[Changed]:
    """When it goes; breaking while anybody works by it."""
    was = f"goes on {before['on']}" if before.get("on") else "stays"
    if content.get("stays"):
        return [Changed(Level.SAFE, "It stays", was, "stays")]
    users = holders_of(version_of(subject))
    level = Level.BREAKING if users and content["in_any_case"] else Level.RISKY if users else Level.SAFE
    follows = "It is held on that day while anybody works by it."
    if content["in_any_case"]:
        follows = "It goes on that day whoever still works by it."
    return [Changed(level, "It goes", was, f"goes on {content['on']}", follows)]


def checks(subject: Subject, _content: Content) -> Sequence[CheckOf]:
    """Who still works by it; until the day they may move."""
    return [CheckOf("unused", "Nobody works by it any more", lambda: _unused(subject), required=False)]


def _unused(subject: Subject) -> Found:
    users = holders_of(version_of(subject))
    nobody = "Nothing is judged or mapped by it, and no consumer knows no newer one."
    return Found(passed=not users, detail=f"Still: {told(users)}." if users else nobody)


def impact(subject: Subject, _content: Content) -> Impact:
    """Those who have to move."""
    affected = affected_by(version_of(subject))
    if not affected:
        return Impact("Nothing works by it any more.")
    many = "1 still works" if len(affected) == 1 else f"{len(affected)} still work"
    return Impact(f"{many} by it.", affected)


def apply(applying: Applying) -> None:
    """Announce it, or call it off."""
    version, content = version_of(applying.subject), applying.content
    if content.get("stays"):
        Sunset.objects.filter(version=version, retired_at=None).delete()
    else:
        said: Mapping[str, Any] = {
            "on": date.fromisoformat(content["on"]),
            "in_any_case": content["in_any_case"],
            "change": applying.change,
            "held": "",
        }
        Sunset.objects.update_or_create(version=version, defaults=said)
    audit.record(
        "contract.stays" if content.get("stays") else "contract.deprecated",
        actor=applying.access.actor,
        via=Via.SYSTEM,
        subject=Subject("contract", version.contract.slug),
        reason=f"{applying.change.reference}: {applying.revision.title}",
        details={"version": version.number, "on": content.get("on", ""), "change": applying.change.pk},
    )


def undo(subject: Subject, revision: Revision) -> Content:
    """What was announced before; :class:`Conflict` for what has gone."""
    if version_of(subject).state != VersionState.PUBLISHED:
        raise Conflict("It has gone already. Publish what it said as a newer version instead.")
    before: Mapping[str, Any] = revision.base or {}
    return {"on": before["on"], "in_any_case": before["in_any_case"]} if before.get("on") else {"stays": True}


SUNSET: Final = Kind(
    label="Contract sunset",
    needs=Action.CONFIGURE,
    describe=describe,
    validate=validate,
    base=base,
    diff=diff,
    apply=apply,
    undo=undo,
    checks=checks,
    proposed=ask,
    impact=impact,
)
