"""A kind of change for tests: the name of a team, which belongs to that team."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from controlplane.audit.models import Subject
from controlplane.foundation.errors import Invalid, NotFound, Problem
from controlplane.foundation.registries import panels, subjects
from controlplane.governance.kinds import Applying, CheckOf, Content, Described, Documents, Found, Kind
from controlplane.governance.models import ChangeRequest, ChangeState, Revision
from controlplane.governance.panels import Panel, PanelOf, Place
from controlplane.governance.rules.changed import Affected, Changed, Impact, Level
from controlplane.people.access import Access
from controlplane.people.models import Team
from controlplane.people.roles import Action

KIND = "team_name"
#: What checks find, by the team's name that is proposed; what is not here passes.
CHECKS: dict[str, Found | Exception] = {}
#: What a panel shows, by the team's name that is proposed; of what is not here there is no panel.
PANELS: dict[str, Mapping[str, Any] | Problem] = {}
#: Changes that ended without being applied, as the kind was told.
CLOSED: list[tuple[str, str]] = []

#: Revisions that came before the board, as the kind was told.
PROPOSED: list[tuple[str, int]] = []
#: What the kind says against applying a change at this moment, by the team's name that is proposed.
HINDERS: dict[str, str] = {}


def _team(subject: Subject) -> Team:
    found = Team.objects.filter(slug=subject.id).first()
    if found is None:
        raise NotFound(f"There is no team {subject.id!r}.")
    return found


def _describe(subject: Subject) -> Described:
    team = _team(subject)
    return Described(team.name, team.pk, "production", f"/teams/{team.slug}/")


def _validate(_subject: Subject, content: Content) -> Mapping[str, Any]:
    name = str(content.get("name", "")).strip()
    if not name:
        raise Invalid("A team needs a name.", field="name")
    return {"name": name} | ({"documents": content["documents"]} if "documents" in content else {})


def _base(subject: Subject) -> object:
    return {"name": _team(subject).name}


def _diff(_subject: Subject, content: Content, base: Any) -> Sequence[Changed]:
    return [
        Changed(Level.SAFE, "Colour", "", "none", "Nobody looks at it."),
        Changed(Level.RISKY, "Name", base["name"], content["name"], "Reports that name it stop finding it."),
    ]


def _documents(revision: Revision) -> Documents | None:
    """The two that are proposed with the name, where some are."""
    both = revision.content.get("documents")
    return Documents("name.json", both[1], both[0], "what it is called") if both else None


def _panel(asked: PanelOf) -> Mapping[str, Any] | None:
    found = PANELS.get(asked.revision.content["name"])
    if isinstance(found, Problem):
        raise found
    return found


def _check(content: Content) -> Found:
    found = CHECKS.get(content["name"], Found(True, "Nobody else is called so."))
    if isinstance(found, Exception):
        raise found
    return found


def _checks(_subject: Subject, content: Content) -> Sequence[CheckOf]:
    return [CheckOf("unique", "The name is free", lambda: _check(content))]


def _apply(applying: Applying) -> None:
    Team.objects.filter(slug=applying.subject.id).update(name=applying.content["name"])


def _undo(_subject: Subject, revision: Revision) -> Content:
    before: Any = revision.base
    return {"name": before["name"]}


def _proposed(change: ChangeRequest) -> None:
    PROPOSED.append((str(change.state), change.revision.number))


def _hinders(change: ChangeRequest) -> str:
    return HINDERS.get(change.revision.content["name"], "")


def _closed(change: ChangeRequest, state: ChangeState, _access: Access, words: str) -> None:
    CLOSED.append((change.reference, f"{state}: {words}"))


def _impact(_subject: Subject, _content: Content) -> Impact:
    return Impact("One report names this team.", [Affected("Weekly report", "reads the name", "Finance", 12)])


NAMES = Kind(
    label="Team name",
    needs=Action.CONFIGURE,
    describe=_describe,
    validate=_validate,
    base=_base,
    diff=_diff,
    checks=_checks,
    impact=_impact,
    apply=_apply,
    undo=_undo,
    proposed=_proposed,
    hinders=_hinders,
    closed=_closed,
    documents=_documents,
)
AT_ONCE = Kind(
    label="Team name at once",
    needs=Action.CONFIGURE,
    describe=_describe,
    validate=_validate,
    base=_base,
    diff=_diff,
    apply=_apply,
    sees=Action.SEE_TRANSACTIONS,
    at_once=True,
)


PANEL_AT = {
    place: Panel(
        title=f"Letterheads, {place.value}",
        template="governance/_panel_failed.html",
        read=_panel,
        kinds=frozenset({KIND}),
        place=place,
        count=len,
    )
    for place in Place
}


def register() -> None:
    """Make the kinds known to this process."""
    subjects.register(KIND, NAMES)
    subjects.register("team_name_at_once", AT_ONCE)
    for place in Place:
        panels.register(f"change.team_name.{place.value}", PANEL_AT[place])
