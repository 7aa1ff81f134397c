"""What somebody writes with the generated client. Checked with ``mypy --strict`` beside it, and run by the tests.

It is no part of ``mypy .``: what it imports is there only once it has been generated.
"""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

from interlock_client import AuthenticatedClient
from interlock_client.api.dead_letters import cause_letters_get, causes_get, letter_notes_post
from interlock_client.api.destinations import destination_pause_post, destination_resume_post, destinations_get
from interlock_client.api.replays import one_replay_get, replay_plans_post, replay_results_get, replays_post
from interlock_client.api.saved_views import (
    one_saved_view_delete,
    one_saved_view_put,
    saved_views_get,
    saved_views_post,
)
from interlock_client.api.transactions import (
    one_transaction_get,
    transaction_bodies_get,
    transaction_search_post,
    transactions_get,
)
from interlock_client.api.who_asks import me_get
from interlock_client.models import (
    CauseList,
    ChangedSavedViewRequest,
    Destination,
    DestinationList,
    Done,
    Letter,
    LetterPage,
    Me,
    NewNoteRequest,
    NewPauseRequest,
    NewReplayRequest,
    NewSavedViewRequest,
    Plan,
    ProblemDocument,
    ReasonRequest,
    Replay,
    SavedView,
    SavedViewPage,
    SearchWithFacetsRequest,
    SelectionRequest,
    Transaction,
    TransactionBodies,
    TransactionPage,
)
from interlock_client.types import UNSET, Unset


class Refused(Exception):
    """The installation said no, and why."""

    def __init__(self, problem: ProblemDocument | None) -> None:
        super().__init__(problem.detail if problem else "No answer that the document knows.")
        self.problem = problem


def who_am_i(client: AuthenticatedClient) -> tuple[str, list[str]]:
    """The name of the token's person, and what it is allowed."""
    answer = me_get.sync(client=client)
    if not isinstance(answer, Me):
        raise Refused(answer)
    return answer.name, [one.action for one in answer.allowed]


def ids(client: AuthenticatedClient, query: str) -> Iterator[UUID]:
    """Every match of a search, page by page."""
    cursor: str | Unset = UNSET
    while True:
        page = transactions_get.sync(client=client, q=query, cursor=cursor)
        if not isinstance(page, TransactionPage):
            raise Refused(page)
        yield from (row.id for row in page.rows)
        if page.next_ is None:
            return
        cursor = page.next_


def how_many(client: AuthenticatedClient, query: str) -> int | None:
    """The total of a search that is sent in a body."""
    page = transaction_search_post.sync(client=client, body=SearchWithFacetsRequest(q=query, counts=True))
    if not isinstance(page, TransactionPage) or page.counts is None:
        raise Refused(page if isinstance(page, ProblemDocument) else None)
    return page.counts.total


def steps(client: AuthenticatedClient, identifier: UUID) -> dict[str, str]:
    """The steps of a transaction, with their states."""
    found = one_transaction_get.sync(identifier, client=client)
    if not isinstance(found, Transaction):
        raise Refused(found)
    return {step.name: step.state for step in found.steps.steps}


def received(client: AuthenticatedClient, identifier: UUID) -> object:
    """What came in."""
    found = transaction_bodies_get.sync(identifier, client=client)
    if not isinstance(found, TransactionBodies):
        raise Refused(found)
    return found.received.document


def dead_letters(client: AuthenticatedClient) -> dict[UUID, list[UUID]]:
    """The open letters of each cause."""
    listed = causes_get.sync(client=client)
    if not isinstance(listed, CauseList):
        raise Refused(listed)
    return {cause.fingerprint: _letters(client, cause.fingerprint) for cause in listed.causes}


def _letters(client: AuthenticatedClient, cause: UUID) -> list[UUID]:
    page = cause_letters_get.sync(cause, client=client)
    if not isinstance(page, LetterPage):
        raise Refused(page)
    return [letter.step_run_id for letter in page.letters]


def note(client: AuthenticatedClient, letter: UUID, text: str) -> str:
    """Write something down about a letter; what is said of it then."""
    found = letter_notes_post.sync(letter, client=client, body=NewNoteRequest(text=text))
    if not isinstance(found, Letter):
        raise Refused(found)
    return found.title


def plan(client: AuthenticatedClient, cause: UUID) -> Plan:
    """A dry run of all open letters of a cause."""
    found = replay_plans_post.sync(client=client, body=SelectionRequest(causes=[cause]))
    if not isinstance(found, Plan):
        raise Refused(found)
    return found


def replay(client: AuthenticatedClient, cause: UUID, reason: str, key: str) -> tuple[Replay, bool]:
    """The replay of a cause, and whether it was asked for before with that key."""
    answer = replays_post.sync_detailed(
        client=client, body=NewReplayRequest(causes=[cause], reason=reason), idempotency_key=key
    )
    if not isinstance(answer.parsed, Replay):
        raise Refused(answer.parsed)
    return answer.parsed, "idempotent-replayed" in answer.headers


def results(client: AuthenticatedClient, number: int) -> tuple[int, str]:
    """How many items a replay has, and its table."""
    found, table = one_replay_get.sync(number, client=client), replay_results_get.sync(number, client=client)
    if not isinstance(found, Replay):
        raise Refused(found)
    if not isinstance(table, str):
        raise Refused(table)
    return found.progress.total, table


def hold(client: AuthenticatedClient, slug: str, reason: str) -> tuple[bool, bool]:
    """Pause a destination and resume it: whether it was paused after each."""
    held = destination_pause_post.sync(slug, client=client, body=NewPauseRequest(reason=reason))
    if not isinstance(held, Destination):
        raise Refused(held)
    free = destination_resume_post.sync(slug, client=client, body=ReasonRequest(reason=reason))
    if not isinstance(free, Destination):
        raise Refused(free)
    return held.paused, free.paused


async def destinations(client: AuthenticatedClient) -> list[str]:
    """Every destination, asked for without blocking."""
    found = await destinations_get.asyncio(client=client)
    if not isinstance(found, DestinationList):
        raise Refused(found)
    return [one.slug for one in found.destinations]


def rename_and_remove(client: AuthenticatedClient, name: str, query: str) -> list[list[str]]:
    """Save a view, change its name, remove it: the names that are there after each."""
    view = saved_views_post.sync(client=client, body=NewSavedViewRequest(name=name, q=query))
    if not isinstance(view, SavedView):
        raise Refused(view)
    after = [_names(client)]
    changed = one_saved_view_put.sync(view.id, client=client, body=ChangedSavedViewRequest(name=f"{name} 2", q=query))
    if not isinstance(changed, SavedView):
        raise Refused(changed)
    after.append(_names(client))
    removed = one_saved_view_delete.sync(view.id, client=client)
    if not isinstance(removed, Done):
        raise Refused(removed)
    return [*after, _names(client)]


def _names(client: AuthenticatedClient) -> list[str]:
    page = saved_views_get.sync(client=client)
    if not isinstance(page, SavedViewPage):
        raise Refused(page)
    return [view.name for view in page.views]
