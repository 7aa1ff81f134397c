"""What fits to some typed words: pages and things of the catalogue by name, transactions by id or key.

The catalogue is found by everybody; jobs and transactions as far as one may see (invariant 10). Words that are
neither ids nor keys nor filters ask nothing of the history: typing must not search ten million rows a letter.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from operator import and_

from django.db.models import Q
from django.urls import reverse

from controlplane.console.palette.pages import offered
from controlplane.governance.models import ChangeRequest
from controlplane.inventory.models import Integration
from controlplane.people.access import Access, Action
from controlplane.sync.models import SyncJob
from controlplane.transactions.models import Destination, SavedView
from controlplane.transactions.search.grammar import BadQuery
from controlplane.transactions.search.query import Reading, reading
from controlplane.transactions.selectors.finding import page_of
from controlplane.transactions.selectors.question import Question
from controlplane.transactions.views.addresses import transaction_url

#: Characters that are looked at, and things of one kind that are named.
LONGEST, MOST = 200, 5


@dataclass(frozen=True, slots=True)
class Item:
    """Something to go to: ``icon``, or ``glyph`` (a transaction's state), and ``sub``, what it belongs to."""

    title: str
    url: str
    sub: str = ""
    icon: str = ""
    state: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """Items of one kind."""

    title: str
    items: Sequence[Item]


@dataclass(frozen=True, slots=True)
class Found:
    """What fits. ``problem`` says what cannot be read where the words are meant as a search."""

    groups: Sequence[Group]
    problem: str = ""

    @property
    def count(self) -> int:
        """How many items there are."""
        return sum(len(group.items) for group in self.groups)


def find(access: Access, text: str, now: datetime) -> Found:
    """What fits to ``text``; for nothing, the pages."""
    words = text[:LONGEST].replace("\0", "").split()
    transactions, problem = _transactions(access, " ".join(words), now) if words else ((), "")
    groups = [
        Group("Transactions", transactions),
        Group("Changes", list(_changes(access, words))),
        Group("Pages", list(_pages(access, words))),
        Group("Saved views", list(_views(access, words))),
        Group("Integrations", list(_integrations(words))),
        Group("Destinations", list(_destinations(words))),
        Group("Sync jobs", list(_jobs(access, words))),
    ]
    return Found([group for group in groups if group.items], problem)


def _changes(access: Access, words: Sequence[str]) -> Iterator[Item]:
    """The change of that reference: CC-318."""
    for one in ChangeRequest.objects.visible_to(access).called(" ".join(words)).select_related("current"):
        title = ": ".join(filter(None, [one.reference, one.current.title if one.current else one.subject_name]))
        yield Item(title, one.get_absolute_url(), one.get_state_display(), icon="change")


def _pages(access: Access, words: Sequence[str]) -> Iterator[Item]:
    for page in offered(access):
        known = f"{page.title} {page.words}".casefold()
        if all(word.casefold() in known for word in words):
            yield Item(page.title, page.url, icon=page.icon)


def _views(access: Access, words: Sequence[str]) -> Iterator[Item]:
    found = SavedView.objects.of(access).select_related("team").filter(_each(words, ("name",)))
    for one in found.order_by("name")[:MOST]:
        url = reverse("transactions:saved-view", args=[one.pk])
        yield Item(one.name, url, str(one.team) if one.team else "", icon="pin")


def _integrations(words: Sequence[str]) -> Iterator[Item]:
    if words:
        names = ("name", "slug", "process__slug", "process__name", "team__name")
        for one in Integration.objects.select_related("team").filter(_each(words, names)).order_by("name")[:MOST]:
            yield Item(one.name, reverse("console:integration", args=[one.slug]), one.team.name, icon="nodes")


def _destinations(words: Sequence[str]) -> Iterator[Item]:
    if words:
        names = ("name", "slug", "instance__system__name")
        found = Destination.objects.select_related("instance__system").filter(_each(words, names))
        for one in found.order_by("name")[:MOST]:
            url = reverse("transactions:destination", args=[one.slug])
            system = one.instance.system.name
            yield Item(one.name, url, "" if system.casefold() == one.name.casefold() else system, icon="link")


def _jobs(access: Access, words: Sequence[str]) -> Iterator[Item]:
    if words:
        names = ("name", "slug", "integration__name")
        jobs = SyncJob.objects.visible_to(access).select_related("integration").filter(_each(words, names))
        for one in jobs.order_by("name")[:MOST]:
            url = reverse("sync:job", args=[one.integration.slug, one.slug])
            yield Item(one.name, url, one.integration.name, icon="clock")


def _each(words: Sequence[str], names: Sequence[str]) -> Q:
    """Each word stands in one of these columns."""
    found = (reduce(lambda some, name: some | Q(**{f"{name}__icontains": word}), names, Q()) for word in words)
    return reduce(and_, found, Q())


def _transactions(access: Access, text: str, now: datetime) -> tuple[Sequence[Item], str]:
    """The newest that fit, where the words are meant as a search, or why they cannot be read as one."""
    if not access.may_somewhere(Action.SEE_TRANSACTIONS):
        return (), ""
    try:
        question = Question(access, text, now)
        if not _is_search(question):
            return (), ""
        rows = page_of(question, "").rows[:MOST]
    except BadQuery as error:
        return (), " ".join(fault.message for fault in error.faults)
    return [Item(row.title, transaction_url(row.id), row.key, state=row.state) for row in rows], ""


def _is_search(question: Question) -> bool:
    """Whether it has a filter, or nothing but ids and keys."""
    terms = question.query.terms
    return any(term.field for term in terms) or all(
        reading(word) is not Reading.TEXT for term in terms for word in term.words
    )
