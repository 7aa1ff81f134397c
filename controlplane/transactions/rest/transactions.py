"""Transactions: searched, narrowed down, and one from near."""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import UUID

import orjson
from django.http import Http404

from controlplane.foundation import clock
from controlplane.foundation.errors import Invalid, NotAllowed
from controlplane.people.access import Access, Action
from controlplane.people.rest.operations import Call, operation
from controlplane.people.rest.views import ApiView
from controlplane.transactions.masking import personal_hidden
from controlplane.transactions.models import Transaction
from controlplane.transactions.releases.edit import draft, edit_and_release
from controlplane.transactions.releases.release import release
from controlplane.transactions.rest import asking, moments, shapes, told
from controlplane.transactions.selectors import parts
from controlplane.transactions.selectors.bodies import Bodies
from controlplane.transactions.selectors.counting import counts
from controlplane.transactions.selectors.detail import TransactionDetail, detail
from controlplane.transactions.selectors.facets import facets
from controlplane.transactions.selectors.finding import page_of
from controlplane.transactions.selectors.inbox import received
from controlplane.transactions.selectors.journey import SPANS, Entry, journey
from controlplane.transactions.selectors.question import Question
from controlplane.transactions.selectors.sentences import Seen

PERSONAL = (
    "This search holds what looks like somebody's e-mail address, telephone or account number. Send it by POST to "
    "/api/v1/transactions/search: addresses end up in logs and histories."
)


class Transactions(ApiView):
    """Searching with the query in the address."""

    area: ClassVar[str] = "Transactions"

    @operation(shapes.TransactionPage, asks=asking.Search)
    def get(self, call: Call) -> dict[str, Any]:
        """Search, newest first, 50 a page.

        A query that cannot be read is a 422 whose `faults` mark the characters and, where it can be guessed, say
        what was meant. With `counts`, how many there are; `total_is_least` says that there are more.
        """
        return _found(call.access, _in_address(call.asked["q"]), call.asked)


class TransactionSearch(ApiView):
    """Searching with the query in the body."""

    area: ClassVar[str] = "Transactions"

    @operation(shapes.TransactionPage, takes=asking.SearchWithFacets)
    def post(self, call: Call) -> dict[str, Any]:
        """Search with the query in the body, where personal values belong."""
        return _found(call.access, call.given["q"], call.given)


class TransactionFacets(ApiView):
    """What a search could be narrowed down by."""

    area: ClassVar[str] = "Transactions"

    @operation(shapes.FacetList, asks=asking.Narrowing)
    def get(self, call: Call) -> dict[str, Any]:
        """The values that the newest 10,000 matches have, and how many have each."""
        call.access.require_somewhere(Action.SEE_TRANSACTIONS)
        question = Question(call.access, _in_address(call.asked["q"]), clock.now())
        return {"facets": facets(question)}


class OneTransaction(ApiView):
    """One transaction."""

    area: ClassVar[str] = "Transactions"

    @operation(shapes.TransactionShape, asks=asking.WhichPart)
    def get(self, call: Call, identifier: UUID) -> dict[str, Any]:
        """One transaction with its steps and their attempts; of a large one, a part of them."""
        if not Transaction.objects.visible_to(call.access).filter(pk=identifier).exists():
            waiting = received(call.access, identifier)
            if waiting is not None:
                return told.received(waiting)
        return told.transaction(detail(call.access, identifier, clock.now(), call.asked.get("part")))


class TransactionBodies(ApiView):
    """What came in."""

    area: ClassVar[str] = "Transactions"

    @operation(shapes.TransactionBodies)
    def get(self, call: Call, identifier: UUID) -> dict[str, Any]:
        """What came in and what it was understood as; personal values masked for who may not see them."""
        bodies = _bodies(detail(call.access, identifier, clock.now()))
        found = {"received": bodies.received(), "edited": bodies.edited(), "canonical": bodies.canonical()}
        return _seen(bodies) | found


class StepBodies(ApiView):
    """What a step sent."""

    area: ClassVar[str] = "Transactions"

    @operation(shapes.StepBodies)
    def get(self, call: Call, identifier: UUID, name: str) -> dict[str, Any]:
        """What a step last sent, and what came back, masked in the same way."""
        shown = _with_step(call.access, identifier, name)
        bodies = _bodies(shown)
        return _seen(bodies) | {"sent": bodies.sent(name), "answered": bodies.answered(name)}


class StepAttempts(ApiView):
    """The tries of a step."""

    area: ClassVar[str] = "Transactions"

    @operation(shapes.AttemptPage, asks=asking.Page)
    def get(self, call: Call, identifier: UUID, name: str) -> dict[str, Any]:
        """The newest 50 tries of a step, in order; the cursor leads to older ones."""
        before = moments.whole(call.asked.get("cursor"))
        shown = _with_step(call.access, identifier, name)
        found = parts.tries_before(shown.facts.runs[name].id, before)
        tries = found[: parts.TRIES][::-1]
        older = str(tries[0].number) if len(found) > parts.TRIES else None
        return {"attempts": told.attempts(shown, tries), "next": older}


class TransactionJourney(ApiView):
    """What is related to it."""

    area: ClassVar[str] = "Transactions"

    @operation(shapes.JourneyShape, asks=asking.WhichJourney)
    def get(self, call: Call, identifier: UUID) -> dict[str, Any]:
        """What is of the same event, the same trace and the same customer, on one line, newest first."""
        row = Transaction.objects.get_visible_or_404(call.access, pk=identifier)
        line = journey(call.access, row, SPANS[call.asked["within"]], call.asked["by"], clock.now())
        entries = [_entry(one) for one in line.entries]
        return {"entries": entries, "keys": line.keys, "key": line.key, "more": line.more, "missing": line.missing}


class TransactionDraft(ApiView):
    """What can be edited."""

    area: ClassVar[str] = "Transactions"

    @operation(shapes.QuarantinedDraft, conflicts=True)
    def get(self, call: Call, identifier: UUID) -> dict[str, Any]:
        """The body of an event in quarantine, for who may edit it; personal values masked for who may not see them."""
        found = draft(call.access, identifier)
        return {"body": found.shown, "basis": found.basis, "hidden": found.original != found.shown}


class TransactionRelease(ApiView):
    """Out of quarantine."""

    area: ClassVar[str] = "Transactions"

    @operation(shapes.Done, takes=asking.OneRelease, status=202, writes=True)
    def post(self, call: Call, identifier: UUID) -> dict[str, Any]:
        """Judge a quarantined event again, by today's contract and mapping.

        With `body` (of `draft`, changed) it is judged by that; what was received is kept beside it. What is hidden in
        the draft stays what it is. An edit that would be set aside again is refused.
        """
        given = call.given
        if given.get("body") is None:
            release(call.access, identifier, given["reason"])
        else:
            text = orjson.dumps(given["body"]).decode()
            edit_and_release(call.access, identifier, text, given["reason"], basis=given.get("basis"))
        return {"count": 1, "detail": "It is back in the inbox under its own id, and is judged again within seconds."}


def _found(access: Access, text: str, said: Any) -> dict[str, Any]:
    """A page as :class:`shapes.TransactionPage` has it."""
    access.require_somewhere(Action.SEE_TRANSACTIONS)
    question = Question(access, text, clock.now())
    page = page_of(question, moments.identifier(said.get("cursor")))
    names = ("rows", "older", "window", "searched_to", "card")
    return {name: getattr(page, name) for name in names} | {
        "counts": counts(question) if said["counts"] else None,
        "facets": facets(question) if said.get("facets") else (),
    }


def _in_address(text: str) -> str:
    if personal_hidden(text) != text:
        raise Invalid(PERSONAL, field="q")
    return text


def _bodies(shown: TransactionDetail) -> Bodies:
    if shown.bodies.seen is Seen.NOTHING:
        raise NotAllowed(shown.bodies.why_hidden)
    return shown.bodies


def _seen(bodies: Bodies) -> dict[str, Any]:
    return {"seen": bodies.seen.value, "note": bodies.note}


def _with_step(access: Access, identifier: UUID, name: str) -> TransactionDetail:
    """404 for a step that has not run, as for one that is not there."""
    shown = detail(access, identifier, clock.now())
    if "\x00" in name or name not in shown.facts.runs:
        raise Http404
    return shown


def _entry(one: Entry) -> dict[str, Any]:
    return {
        "at": one.at,
        "relations": one.relations,
        "seconds_later": one.later.total_seconds(),
        "row": one.row,
        "replay_id": one.replay.pk if one.replay else None,
    }
