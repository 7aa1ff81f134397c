"""What a person says for a consumer to a change: it can live with it, or cannot; or, of the board, that it goes ahead.

Bound to the hash of the revision that was read. Whoever wrote any revision says none of it, by whatever account; the
database refuses it again.
"""

from __future__ import annotations

from typing import Final
from uuid import UUID

from django.db import transaction

from controlplane.audit import services as audit
from controlplane.audit.models import Subject, Via
from controlplane.contracts.consumers.asking import CHECK, STANDS, asking
from controlplane.contracts.models import Answer, Confirmation, Dependency, Said, Standing
from controlplane.foundation import clock
from controlplane.foundation.errors import Conflict, Invalid, NotAllowed, NotFound
from controlplane.governance.changes.check import ask_anew
from controlplane.governance.changes.locking import locked
from controlplane.governance.changes.refusals import guarded
from controlplane.governance.changes.writing import LONGEST_WORDS, words_of
from controlplane.governance.models import ChangeRequest
from controlplane.governance.selectors import author_ids, seats_open_to
from controlplane.people.access import Access, Action, who_may

NOT_TAKEN: Final = "Your answer was not taken; what was said before stands."
_OWN: Final = "You wrote a version of this change, so others answer for its consumers, whatever account you use."
_DONE: Final = {
    Said.CONFIRMED: "contract.consumer_confirmed",
    Said.REFUSED: "contract.consumer_refused",
    Said.OVERRIDDEN: "contract.consumer_overridden",
}


@transaction.atomic
def answer(
    access: Access, confirmation: int, said: Said, words: str = "", *, content_hash: str, via: Via = Via.PAGE
) -> Confirmation:
    """Take the answer, and find out anew how the change stands.

    :class:`NotAllowed` for who may not say that, :class:`Conflict` where nobody is asked that any more or something
    else was read, :class:`Invalid` without the reason that it takes.
    """
    change = locked(access, _change_of(confirmation))
    row = Confirmation.objects.select_for_update(of=("self",)).select_related("team", "revision").get(pk=confirmation)
    _require_asked(change, row, content_hash)
    if why := _why_not_theirs(access, row, change, said):
        raise NotAllowed(f"{why} {NOT_TAKEN}")
    if why := _why_not_now(row, change, said):
        raise Conflict(f"{why} {NOT_TAKEN}")
    kept = _words(said, words)
    with guarded(NOT_TAKEN):
        Answer.objects.create(
            confirmation=row,
            content_hash=content_hash,
            said=said,
            person_id=UUID(access.person_id),
            account=UUID(access.account_id),
            words=kept,
        )
    row.state = STANDS[said]
    row.save(update_fields=["state"])
    if said is Said.CONFIRMED and row.dependency_id is not None:
        stood = {"confirmed_at": clock.now(), "confirmed_by_id": UUID(access.person_id)}
        Dependency.objects.filter(pk=row.dependency_id).update(**stood)
    ask_anew(change, CHECK)
    audit.record(
        _DONE[said],
        actor=access.actor,
        via=via,
        subject=Subject("change", str(change.pk)),
        reason=kept,
        details={
            "consumer": row.name,
            "team": row.team.slug,
            "confirmation": row.pk,
            "revision": row.revision.number,
            "content_hash": content_hash,
        },
    )
    return row


def why_not(access: Access, row: Confirmation, change: ChangeRequest, said: Said) -> str:
    """Why this person does not say that now, in words; empty when they may."""
    return _why_not_theirs(access, row, change, said) or _why_not_now(row, change, said)


def is_asked(change: ChangeRequest, row: Confirmation) -> bool:
    """Whether an answer is taken now."""
    current = row.revision_id == change.current_id and row.state != Standing.RELEASED
    return current and asking().filter(pk=change.pk).exists()


def _why_not_theirs(access: Access, row: Confirmation, change: ChangeRequest, said: Said) -> str:
    if not access.person_id:
        return "Nobody is signed in."
    person, authors = UUID(access.person_id), author_ids(change)
    if person in authors:
        return _OWN
    if said is not Said.OVERRIDDEN:
        return "" if access.may(Action.CONFIGURE, row.team_id) else _whose(row)
    seats = {seat.person_id for seat in seats_open_to(person, change, clock.now())}
    if not seats:
        return f"That a change goes ahead without a consumer is said by {change.board}, and you have no seat there."
    return "You deputise for an author of this change; their seat does not say so." if seats <= authors else ""


def _why_not_now(row: Confirmation, change: ChangeRequest, said: Said) -> str:
    """Who has time to answer is not passed over; but in emergencies, and where a change is taken back."""
    if STANDS[said] == row.state:
        return f"{row.name}: {row.get_state_display().lower()} already."
    if said is not Said.OVERRIDDEN:
        return ""
    if row.state == Standing.CONFIRMED:
        return f"{row.name} has confirmed; there is nothing to override."
    if row.state == Standing.WAITING and not change.emergency and change.rolls_back_id is None:
        return f"{row.name} has until {row.due_at:%-d %b %Y, %H:%M} UTC to answer."
    return ""


def _whose(row: Confirmation) -> str:
    return f"{' or '.join(who_may(Action.CONFIGURE))} of {row.team.name} says that for {row.name}."


def _change_of(confirmation: int) -> int:
    found = Confirmation.objects.filter(pk=confirmation).values_list("change_id", flat=True).first()
    if found is None:
        raise NotFound("There is no such confirmation.")
    return found


def _require_asked(change: ChangeRequest, row: Confirmation, content_hash: str) -> None:
    if row.state == Standing.RELEASED:
        raise Conflict(f"{row.name} is not concerned any more: {row.released_why}. {NOT_TAKEN}")
    if (row.revision_id, row.revision.content_hash) != (change.current_id, content_hash):
        raise Conflict(f"Another version of {change} arrived. Read it before you answer. {NOT_TAKEN}")
    if not is_asked(change, row):
        raise Conflict(f"{change} is {change.get_state_display().lower()}: nobody is asked any more. {NOT_TAKEN}")


def _words(said: Said, words: str) -> str:
    if words.strip("\x00 \t\r\n"):
        return words_of(words, "words", LONGEST_WORDS)
    if said is Said.CONFIRMED:
        return ""
    why = "it cannot live with it" if said is Said.REFUSED else "it goes ahead without it"
    raise Invalid(f"Say why {why}: it stands beside your name.", field="words")
