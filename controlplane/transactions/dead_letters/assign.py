"""Give dead letters to a person or a team: whole causes, with what comes later, or single letters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from controlplane.audit import services as audit
from controlplane.audit.models import Subject
from controlplane.foundation.errors import Invalid, NotFound
from controlplane.people.access import Access, Action
from controlplane.people.models import Membership, Person, Team
from controlplane.people.roles import ALLOWED, Role
from controlplane.transactions.dead_letters.history import remember, remember_selection
from controlplane.transactions.dead_letters.hold import hold, require_some
from controlplane.transactions.dead_letters.named import named
from controlplane.transactions.models import DeadLetter, Deed

NONE = "None of these is an open dead letter that you may assign; nothing was changed."
_SEEING = [role for role in Role if Action.SEE_TRANSACTIONS in ALLOWED[role]]


@dataclass(frozen=True, slots=True)
class Assignee:
    """A person, a team, or nobody."""

    person: Person | None = None
    team: Team | None = None

    @property
    def word(self) -> str:
        """How a form names it: ``person:<id>``, ``team:<slug>``, or empty."""
        if self.person is not None:
            return f"person:{self.person.pk}"
        return f"team:{self.team.slug}" if self.team is not None else ""

    @property
    def name(self) -> str:
        """How people name it."""
        return str(self.person or self.team or "nobody")


NOBODY = Assignee()


def candidates(team_ids: Sequence[int]) -> list[Assignee]:
    """Who can be given dead letters of all these teams: whoever may see them, and the team whose they are."""
    found: set[Person] | None = None
    for team_id in set(team_ids):
        memberships = Membership.objects.filter(Q(team_id=team_id) | Q(team=None), role__in=_SEEING)
        people = {one.person for one in memberships.filter(person__accounts__is_active=True).select_related("person")}
        found = people if found is None else found & people
    teams = Team.objects.filter(pk__in=team_ids) if len(set(team_ids)) == 1 else Team.objects.none()
    people_by_name = sorted(found or (), key=lambda person: person.name)
    return [*(Assignee(team=team) for team in teams), *(Assignee(person=person) for person in people_by_name)]


def teams_of(access: Access, causes: Sequence[UUID], letters: Sequence[UUID]) -> list[int]:
    """The teams whose causes and open letters a selection is of, as far as this person may assign them."""
    rows = DeadLetter.objects.visible_to(access, Action.EDIT_DEAD_LETTERS)
    chosen = rows.filter(Q(fingerprint__in=list(causes)) | Q(pk__in=list(letters), resolved_at=None))
    return list(chosen.order_by().values_list("integration__team_id", flat=True).distinct())


@transaction.atomic
def assign(access: Access, *, causes: Sequence[UUID], letters: Sequence[UUID], to: str) -> tuple[int, Assignee]:
    """Assign whole causes and single letters that are open; returns how many of them, and to whom.

    ``to`` is an :attr:`Assignee.word`. :class:`Invalid` for somebody who may not see them, :class:`NotAllowed` for who
    sees something of the selection and may assign nothing, :class:`NotFound` when there is nothing of it.
    """
    teams = teams_of(access, causes, letters)
    if not teams:
        require_some(access, Action.EDIT_DEAD_LETTERS, letters, causes)
        raise NotFound(NONE)
    chosen = next((one for one in (NOBODY, *candidates(teams)) if one.word == to), None)
    if chosen is None:
        raise Invalid("Choose somebody who may see them; nothing was changed.", field="to")
    for fingerprint in sorted(set(causes)):
        cause = hold(access, fingerprint, Action.EDIT_DEAD_LETTERS)
        cause.assignee, cause.team = chosen.person, chosen.team
        cause.save(update_fields=["assignee", "team"])
        remember(access, cause.integration_id, fingerprint, Deed.ASSIGNED, _words(chosen))
    mine = DeadLetter.objects.visible_to(access, Action.EDIT_DEAD_LETTERS)
    single = mine.filter(pk__in=list(letters), resolved_at=None)
    given = list(single.order_by("pk").select_for_update(of=("self",)).values_list("pk", flat=True))
    if not given and not causes:  # somebody closed them since they were looked for
        raise NotFound(NONE)
    if given:
        DeadLetter.objects.filter(pk__in=given).update(assignee=chosen.person, team=chosen.team)
        remember_selection(access, given, Deed.ASSIGNED, _words(chosen))
    _record(access, sorted(set(causes)), given, chosen)
    return len(set(causes)) + len(given), chosen


def _record(access: Access, causes: Sequence[UUID], letters: Sequence[UUID], chosen: Assignee) -> None:
    audit.record(
        "dead_letters.assigned",
        actor=access.actor,
        subject=Subject("dead_letters", str([*causes, *letters][0])),
        details={"to": chosen.word, "causes": len(causes), "letters": len(letters)}
        | named("causes", causes)
        | named("letters", letters),
    )


def _words(chosen: Assignee) -> str:
    return f"to {chosen.name}" if chosen.word else "to nobody any more"
