"""One dead letter: read, noted, sent again as it is, or edited first."""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import UUID

import orjson

from controlplane.foundation.errors import Invalid
from controlplane.people.access import Access
from controlplane.people.rest.operations import Call, operation
from controlplane.people.rest.views import ApiView
from controlplane.transactions.dead_letters.edit import compared, draft, edit_and_retry
from controlplane.transactions.dead_letters.note import add_note
from controlplane.transactions.replay.request import request_replay
from controlplane.transactions.rest import asking, letter_shapes
from controlplane.transactions.rest.replay_shapes import ReplayShape
from controlplane.transactions.rest.replays import told
from controlplane.transactions.selectors.letter import letter_view

AREA = "Dead letters"


class OneLetter(ApiView):
    """One letter."""

    area: ClassVar[str] = AREA

    @operation(letter_shapes.LetterShape)
    def get(self, call: Call, step_run_id: UUID) -> dict[str, Any]:
        """One dead letter: what was said, what it would send, who edited that, what was done about it."""
        return _shown(call.access, step_run_id)


class LetterNotes(ApiView):
    """Notes about a letter."""

    area: ClassVar[str] = AREA

    @operation(letter_shapes.LetterShape, takes=asking.NewNote, status=201, writes=True)
    def post(self, call: Call, step_run_id: UUID) -> dict[str, Any]:
        """Write something down about one letter; nobody can change or remove it afterwards."""
        cause = letter_view(call.access, step_run_id).letter.fingerprint
        add_note(call.access, cause, call.given["text"], step_run_id=step_run_id)
        return _shown(call.access, step_run_id)


class LetterRetry(ApiView):
    """Sending one again."""

    area: ClassVar[str] = AREA

    @operation(ReplayShape, takes=asking.Reason, status=202, writes=True)
    def post(self, call: Call, step_run_id: UUID) -> dict[str, Any]:
        """Send one letter again, as it is: a replay of one."""
        letter_view(call.access, step_run_id)
        replay = request_replay(call.access, step_run_ids=[step_run_id], reason=call.given["reason"])
        return told(call.access, replay.pk)


class LetterDraft(ApiView):
    """What can be edited."""

    area: ClassVar[str] = AREA

    @operation(letter_shapes.DraftShape, conflicts=True)
    def get(self, call: Call, step_run_id: UUID) -> dict[str, Any]:
        """The body of an open letter, to be edited; `revision` and `basis` go back with the edit."""
        found = draft(call.access, step_run_id)
        return {
            "body": found.shown,
            "revision": found.revision,
            "basis": str(found.basis or ""),
            "contract": found.contract,
        }


class LetterCompare(ApiView):
    """What an edit would come to."""

    area: ClassVar[str] = AREA

    @operation(letter_shapes.ChangeList, takes=asking.NewBody, conflicts=True)
    def post(self, call: Call, step_run_id: UUID) -> dict[str, Any]:
        """What an edit would change, or why it cannot be sent; nothing is kept."""
        return {"changes": compared(draft(call.access, step_run_id), _text(call)).changes}


class LetterEdit(ApiView):
    """Editing and sending."""

    area: ClassVar[str] = AREA

    @operation(ReplayShape, takes=asking.NewEdit, status=202, writes=True)
    def post(self, call: Call, step_run_id: UUID) -> dict[str, Any]:
        """Keep an edited body beside the original, and send it once, under a key of its own."""
        given = call.given
        basis = (given["revision"], given["basis"])
        replay = edit_and_retry(call.access, step_run_id, _text(call), given["reason"], basis)
        return told(call.access, replay.pk)


def _text(call: Call) -> str:
    """The body as text, as the verb reads it: it was read strictly already."""
    try:
        return orjson.dumps(call.given["body"]).decode()
    except orjson.JSONEncodeError as error:  # a lone surrogate, written as an escape
        raise Invalid(f"It cannot be written as JSON: {error}.", field="body") from error


def _shown(access: Access, step_run_id: UUID) -> dict[str, Any]:
    view = letter_view(access, step_run_id)
    return {
        "letter": view.letter,
        "title": view.title,
        "reason": view.reason,
        "superseded_by": view.superseded_by,
        "assignee": str(view.letter.assignee or view.letter.team or ""),
        "body": view.body,
        "revisions": view.revisions,
        "history": view.history,
    }
