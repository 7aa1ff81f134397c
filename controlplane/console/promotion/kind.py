"""Promotion as a kind of change: what is proposed, how it differs, what is checked, and how it is applied."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any, Final

from django.urls import reverse

from controlplane.audit.models import Subject, Via
from controlplane.console.estate.apply import apply as apply_estate
from controlplane.console.estate.apply import planned
from controlplane.console.estate.changes import Applied
from controlplane.console.estate.narrowing import Document
from controlplane.console.estate.plan import as_json
from controlplane.console.promotion.draft import draft, twin_of
from controlplane.console.promotion.governing import governs
from controlplane.console.promotion.part import part_of
from controlplane.console.promotion.subject import NAME, way_of
from controlplane.foundation import clock
from controlplane.foundation.errors import Invalid, NotFound
from controlplane.governance.kinds import Applying, CheckOf, Content, Described, Found, Kind
from controlplane.governance.models import ChangeState, Revision
from controlplane.governance.rules.changed import Affected, Changed, Impact, Level
from controlplane.inventory.changing import change as change_row
from controlplane.inventory.models import Environment, Integration
from controlplane.people.access import Action
from controlplane.transactions.models import DeadLetter
from controlplane.transactions.selectors.traffic import Traffic, by_integration

#: How far back the traffic is looked at that proves the integration where it comes from.
TRIED_WITHIN: Final = timedelta(days=30)
LONGEST: Final = 4000
_WORDS: Final[Mapping[str, str]] = {
    "integrations": "Integration",
    "mappings": "Mapping",
    "normalisations": "Event",
    "flows": "Flow",
}


def read(subject: Subject) -> tuple[Integration, Environment]:
    """The two again; :class:`NotFound` for what is not there (any more)."""
    way = way_of(subject.id) if subject.kind == NAME else None
    if way is not None:
        rows = Integration.objects.select_related("environment", "team", "company", "process", "source")
        integration = rows.filter(pk=way.integration).first()
        there = Environment.objects.filter(pk=way.there).first()
        if integration is not None and there is not None and there != integration.environment:
            return integration, there
    raise NotFound("The integration or the environment that it was to be promoted to is not there any more.")


def describe(subject: Subject) -> Described:
    """As people speak of it: order-to-invoice to Production."""
    integration, there = read(subject)
    return Described(
        name=f"{integration.name}: {integration.environment.name} to {there.name}",
        team_id=integration.team_id,
        environment=there.slug,
        url=f"{reverse('console:promote', args=[integration.slug])}?to={there.slug}",
    )


def validate(subject: Subject, content: Content) -> Content:
    """The document that is to be applied, made here and now, of what the integration does: nobody sends one in."""
    integration, there = read(subject)
    if "restores" in content:
        return {"restores": content["restores"], "document": _before(subject, content["restores"])}
    chosen = content.get("chosen", {})
    if not isinstance(chosen, Mapping) or not all(isinstance(one, str) for one in chosen.values()):
        raise Invalid("chosen is a table of names, such as destinations.erp-staging: erp.", field="chosen")
    drafted = draft(integration, there, chosen)
    if drafted.open:
        listed = ", ".join(f"the {one.what} {one.name}" for one in drafted.open)
        raise Invalid(f"Say what stands in {there.name} for {listed}.", field="chosen")
    return {"chosen": dict(chosen), "document": drafted.document}


def base(subject: Subject) -> dict[str, Any]:
    """What the integration does there now."""
    integration, there = read(subject)
    twin = twin_of(integration, there)
    return {"there": part_of(twin) if twin is not None else None}


def diff(_subject: Subject, content: Content, _base: object) -> Sequence[Changed]:
    """What applying would change there, entry by entry, as the plan of an estate document tells it."""
    return [one for entry in json.loads(as_json(_plan(content)))["changes"] for one in _changed(entry)]


def _changed(entry: Mapping[str, Any]) -> Iterator[Changed]:
    section, _, slug = str(entry["entry"]).partition(".")
    what = f"{_WORDS.get(section, section)} {slug}"
    if entry["change"] == "created":
        yield Changed(Level.RISKY, what, after="new")
        return
    for note in entry["notes"]:
        stops = note.startswith("no longer")
        yield Changed(Level.BREAKING if stops else Level.RISKY, what, after=note)
    for one in entry["fields"]:
        gone = one["after"] is None
        before, after = _shown(one["before"]), _shown(one["after"])
        yield Changed(Level.BREAKING if gone else Level.RISKY, f"{what}: {one['field']}", before, after)


def _shown(value: object) -> str:
    if value is None:
        return ""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


def checks(subject: Subject, content: Content) -> Sequence[CheckOf]:
    """Whether it can be applied, and what is known of it where it comes from."""
    if "restores" in content:
        return [CheckOf("applies", "It can be applied there", lambda: _applies(content))]
    integration, _ = read(subject)
    here = integration.environment.name
    return [
        CheckOf("applies", "It can be applied there", lambda: _applies(content)),
        CheckOf("tried", f"It has carried traffic in {here}", lambda: _tried(integration)),
        CheckOf("quiet", f"Nothing of it waits in dead letters in {here}", lambda: _quiet(integration), required=False),
    ]


def _plan(content: Content) -> Applied:
    return planned(content["document"], decided_by=NAME)


def _applies(content: Content) -> Found:
    _plan(content)
    return Found(passed=True, detail="The other environment has everything that it names.")


def _tried(integration: Integration) -> Found:
    """Never green without evidence (invariant 11): no traffic is no proof."""
    since = clock.now() - TRIED_WITHIN
    traffic = by_integration([integration.pk], since=since).get(integration.pk, Traffic())
    arrived = traffic.succeeded + traffic.partial
    if not arrived:
        return Found(passed=False, detail=f"Nothing of it has arrived there in {TRIED_WITHIN.days} days.")
    days = TRIED_WITHIN.days
    return Found(passed=True, detail=f"{arrived:,} arrived there in {days} days, {traffic.failed:,} did not.")


def _quiet(integration: Integration) -> Found:
    waiting = DeadLetter.objects.filter(integration=integration, resolved_at=None).count()
    return Found(passed=not waiting, detail=f"{waiting:,} wait for a person." if waiting else "None waits.")


def impact(subject: Subject, _content: Content) -> Impact:
    """What goes through it there in a day: that is what the change touches."""
    integration, there = read(subject)
    twin = twin_of(integration, there)
    if twin is None:
        return Impact(f"{there.name} has no such integration yet; nothing goes through it.")
    day = by_integration([twin.pk], since=clock.now() - timedelta(days=1)).get(twin.pk, Traffic())
    url = reverse("console:integration", args=[twin.slug])
    part = twin.process.name if twin.process else ""
    affected = Affected(twin.name, f"carries {part}" if part else "changed", twin.team.name, day.received, url)
    return Impact(f"{day.received:,} transactions went through it in {there.name} in the last day.", [affected])


def apply(applying: Applying) -> None:
    """Apply the document that was voted on; both integrations are of one family from then on."""
    integration, _ = read(applying.subject)
    why = f"{applying.change.reference}: {applying.revision.title}"
    if not integration.family:
        change_row(integration, {"family": integration.slug}, by=applying.access, reason=why, via=Via.SYSTEM)
    apply_estate(applying.content["document"], actor=applying.access.actor, reason=why, via=Via.SYSTEM, decided_by=NAME)


def undo(_subject: Subject, revision: Revision) -> Content:
    """What was there before it was applied."""
    return {"restores": revision.pk}


def _before(subject: Subject, revision_id: object) -> Document:
    """What a promotion that was applied found there. What it made anew starts with nothing: nothing is deleted."""
    applied = {"change__subject_kind": subject.kind, "change__subject_id": subject.id}
    states = (ChangeState.APPLIED, ChangeState.ROLLED_BACK)
    number = revision_id if isinstance(revision_id, int) else 0
    revision = Revision.objects.filter(pk=number, change__state__in=states, **applied).first()
    if revision is None or "document" not in revision.content:
        raise Invalid("restores= is no revision of a promotion that was applied.", field="restores")
    there: Document = (revision.base or {}).get("there") or {}
    new = {
        slug: entry | {"routes": []}
        for slug, entry in revision.content["document"].get("flows", {}).items()
        if slug not in there.get("flows", {})
    }
    flows = there.get("flows", {}) | new
    return {section: found for section, found in (there | {"flows": flows}).items() if found}


PROMOTION: Final = Kind(
    label="Promotion",
    needs=Action.CONFIGURE,
    describe=describe,
    validate=validate,
    base=base,
    diff=diff,
    apply=apply,
    undo=undo,
    checks=checks,
    impact=impact,
    governs=governs,
    covers=frozenset({"integration", "flow", "mapping", "normalisation"}),
)
