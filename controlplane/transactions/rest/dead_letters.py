"""Dead letters by their cause: listed, taken in hand, put aside, assigned, closed."""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import UUID

from controlplane.foundation.errors import Invalid
from controlplane.people.rest.operations import Call, operation
from controlplane.people.rest.views import ApiView
from controlplane.transactions.dead_letters.acknowledge import acknowledge
from controlplane.transactions.dead_letters.assign import assign, candidates, teams_of
from controlplane.transactions.dead_letters.drop import drop
from controlplane.transactions.dead_letters.note import add_note
from controlplane.transactions.dead_letters.snooze import snooze, wake
from controlplane.transactions.rest import asking, letter_shapes, moments
from controlplane.transactions.rest.selecting import open_letters
from controlplane.transactions.rest.shapes import Done
from controlplane.transactions.selectors import dead_letters
from controlplane.transactions.selectors.causes import CauseView, cause_view
from controlplane.transactions.selectors.dead_letters import Show

AREA = "Dead letters"


class Causes(ApiView):
    """What waits, by cause."""

    area: ClassVar[str] = AREA

    @operation(letter_shapes.CauseList, asks=asking.WhichCauses)
    def get(self, call: Call) -> dict[str, Any]:
        """What waits for a person, by cause: the 100 with the most letters."""
        return {
            "causes": dead_letters.groups(call.access, Show(call.asked["show"])),
            "counts": {show.value: count for show, count in dead_letters.shown_counts(call.access).items()},
            "stirred": dead_letters.stirred(call.access),
        }


class OneCause(ApiView):
    """One cause."""

    area: ClassVar[str] = AREA

    @operation(letter_shapes.CauseShape)
    def get(self, call: Call, fingerprint: UUID) -> CauseView:
        """One cause, who has it in hand, and what was done about it."""
        return cause_view(call.access, fingerprint)


class CauseLetters(ApiView):
    """The letters of one cause."""

    area: ClassVar[str] = AREA

    @operation(letter_shapes.LetterPage, asks=asking.Page)
    def get(self, call: Call, fingerprint: UUID) -> dict[str, Any]:
        """The open letters of one cause, newest first, 50 a page."""
        after = moments.read(call.asked.get("cursor"))
        cause_view(call.access, fingerprint)
        found = dead_letters.letters(call.access, fingerprint, after=after)
        last = found[-1] if len(found) == dead_letters.SHOWN else None
        return {"letters": found, "next": moments.written(last.died_at, last.step_run_id) if last else None}


class CauseAcknowledge(ApiView):
    """Say that one has seen it."""

    area: ClassVar[str] = AREA

    @operation(letter_shapes.CauseShape, writes=True)
    def post(self, call: Call, fingerprint: UUID) -> CauseView:
        """Say “I have seen it”: what comes from now on is counted as new."""
        acknowledge(call.access, fingerprint)
        return cause_view(call.access, fingerprint)


class CauseSnooze(ApiView):
    """Put aside."""

    area: ClassVar[str] = AREA

    @operation(letter_shapes.CauseShape, takes=asking.NewSnooze, writes=True)
    def post(self, call: Call, fingerprint: UUID) -> CauseView:
        """Put a cause aside for up to 30 days; it comes back by itself."""
        snooze(call.access, fingerprint, call.given["until"], call.given["reason"])
        return cause_view(call.access, fingerprint)


class CauseWake(ApiView):
    """Bring back."""

    area: ClassVar[str] = AREA

    @operation(letter_shapes.CauseShape, writes=True)
    def post(self, call: Call, fingerprint: UUID) -> CauseView:
        """Bring back before its time what was put aside."""
        wake(call.access, fingerprint)
        return cause_view(call.access, fingerprint)


class CauseNotes(ApiView):
    """Notes about a cause."""

    area: ClassVar[str] = AREA

    @operation(letter_shapes.CauseShape, takes=asking.NewNote, status=201, writes=True)
    def post(self, call: Call, fingerprint: UUID) -> CauseView:
        """Write something down about a cause; nobody can change or remove it afterwards."""
        add_note(call.access, fingerprint, call.given["text"])
        return cause_view(call.access, fingerprint)


class Assignees(ApiView):
    """Who can be given it."""

    area: ClassVar[str] = AREA

    @operation(letter_shapes.AssigneeList, asks=asking.WhichAssignees)
    def get(self, call: Call) -> dict[str, Any]:
        """Who can be given a cause or a letter: those who may see it, and the team that it is of."""
        causes, letters = ([call.asked[name]] if name in call.asked else [] for name in ("cause", "letter"))
        teams = teams_of(call.access, causes, letters) if causes or letters else []
        return {"assignees": candidates(teams) if teams else []}


class Assignments(ApiView):
    """Giving away."""

    area: ClassVar[str] = AREA

    @operation(Done, takes=asking.NewAssignment, writes=True)
    def post(self, call: Call) -> dict[str, Any]:
        """Give whole causes, with what comes later, and single letters to a person or a team."""
        given = call.given
        count, chosen = assign(call.access, causes=given["causes"], letters=given["letters"], to=given["to"])
        return {"count": count, "detail": f"Assigned to {chosen.name}."}


class Closings(ApiView):
    """Closing without sending."""

    area: ClassVar[str] = AREA

    @operation(Done, takes=asking.NewClosing, writes=True)
    def post(self, call: Call) -> dict[str, Any]:
        """Decide that letters will not be delivered. Nothing is deleted, and they can still be replayed."""
        chosen = open_letters(call.access, call.given["letters"], call.given["causes"])
        if not chosen:
            raise Invalid("None of these is an open dead letter of yours; nothing was changed.", field="letters")
        return {"count": drop(call.access, chosen, call.given["reason"]), "detail": "Closed without sending."}
