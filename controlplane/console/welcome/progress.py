"""How far a first integration is, as the database and the vault say, not as somebody pressed a button."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from django.db.models import QuerySet

from controlplane.console.welcome.sending import address_of
from controlplane.credentials import providers
from controlplane.foundation.errors import NotFound
from controlplane.inventory.models import Integration
from controlplane.people.access import Access, Action
from controlplane.transactions.models import Dedupe, Destination, Endpoint, Refusal, Route, StepRun, Transaction
from controlplane.transactions.rules.states import TransactionState
from controlplane.transactions.selectors import reach
from controlplane.transactions.selectors.sentences import listed_sentence
from controlplane.transactions.views.addresses import transaction_url

#: The connector of systems that are connected here.
CONNECTOR = "webhook"
DELIVERED = (TransactionState.SUCCEEDED, TransactionState.PARTIAL)
ENDED_BADLY = (TransactionState.DEAD, TransactionState.QUARANTINED, TransactionState.CANCELLED)
#: How the ingress counts what it refused, in words.
REFUSED_FOR = {
    "mismatch": "they were signed by another key",
    "missing": "they were not signed",
    "malformed": "their signature cannot be read",
    "stale": "they are too old: look at the sender’s clock",
    "future": "they are of a time to come: look at the sender’s clock",
    "no_secret": "the key cannot be had",
}


@dataclass(frozen=True, slots=True)
class Step:
    """One of the five: ``kind`` is a status shape, "" while nothing can be said; ``url`` leads to more of it."""

    title: str
    words: str
    kind: str = ""
    at: datetime | None = None
    url: str = ""

    @property
    def done(self) -> bool:
        """Whether it is done."""
        return self.kind == "ok"


#: The five before there is anything.
PLANNED = (
    Step("Endpoint", "an address of its own for the system that sends"),
    Step("Keys", "one that proves the sender, and one that proves us to the receiver"),
    Step("Test event", "signed as the sender would sign it, and durable before it is answered"),
    Step("Route", "which type of event goes to the outgoing webhook"),
    Step("Delivered and seen", "the receiver has taken it, and the console shows each step"),
)


@dataclass(frozen=True)
class Progress:
    """The integration behind one endpoint, as this person may see it."""

    endpoint: Endpoint
    access: Access

    @property
    def integration(self) -> Integration:
        """What the endpoint belongs to."""
        return self.endpoint.integration

    @property
    def may_configure(self) -> bool:
        """Whether this person may send test events and make keys."""
        return self.access.may(Action.CONFIGURE, self.integration.team_id)

    @property
    def address(self) -> str:
        """Where the sender sends."""
        return address_of(self.endpoint)

    @cached_property
    def steps(self) -> tuple[Step, ...]:
        """All five."""
        return (self._endpoint(), self._keys(), self._event(), self._route(), self._delivered())

    @property
    def now(self) -> int:
        """The number of the first that is not done; 0 when all are."""
        return next((number for number, step in enumerate(self.steps, 1) if not step.done), 0)

    @cached_property
    def has_received(self) -> bool:
        """Whether anything has come in and is durable."""
        return Dedupe.objects.filter(endpoint=self.endpoint).exists()

    @cached_property
    def destination(self) -> Destination | None:
        """Where its events go, if anywhere."""
        flows = reach.flows([self.integration.pk])
        found = reach.destinations(flows).get(self.integration.pk, [])
        return found[0] if found else None

    @cached_property
    def routes(self) -> list[Route]:
        """What starts its flows."""
        found = Route.objects.filter(flow__integration=self.integration, active=True)
        return list(found.order_by("event_type", "pk"))

    @cached_property
    def newest(self) -> Transaction | None:
        """What went through last, delivered if possible, as far as this person may see it."""
        seen = Transaction.objects.visible_to(self.access).filter(integration=self.integration).order_by("-id")
        return seen.filter(state__in=DELIVERED).first() or seen.first()

    def _endpoint(self) -> Step:
        title = PLANNED[0].title
        return Step(title, self.address, "ok") if self.endpoint.active else Step(title, "it is switched off", "off")

    def _keys(self) -> Step:
        title, missing = PLANNED[1].title, list(self._missing_keys())
        if missing:
            return Step(title, " ".join(missing), "bad")
        return Step(title, f"in the vault as {', '.join(self._references())}; shown once, when they were made", "ok")

    def _references(self) -> list[str]:
        credential = self.destination.credential if self.destination else None
        return [*self.endpoint.secrets, *(credential.references.values() if credential else ())]

    def _missing_keys(self) -> Iterator[str]:
        for reference in self._references():
            try:
                providers.resolve(reference)
            except providers.SecretUnavailable as error:
                yield f"{error.reference}: {error.reason}."

    def _event(self) -> Step:
        title = PLANNED[2].title
        refusal = Refusal.objects.filter(endpoint=self.endpoint).order_by("-minute", "-pk").first()
        if self.has_received:
            last = self.newest
            return Step(title, "came in, was believed, and is durable", "ok", at=last.received_at if last else None)
        if refusal is not None:
            why = REFUSED_FOR.get(refusal.reason, refusal.reason.replace("_", " "))
            return Step(title, f"{refusal.count} refused: {why}. Nothing of them was kept.", "bad", at=refusal.minute)
        return Step(title, "nothing has come in yet")

    def _route(self) -> Step:
        title, to = PLANNED[3].title, self.destination
        if to is None or not self.routes:
            return Step(title, "nothing is routed: what comes in is kept and goes nowhere", "off")
        types = ", ".join(dict.fromkeys(route.event_type for route in self.routes))
        return Step(title, f"{types} → {to.instance.base_url}", "ok")

    def _delivered(self) -> Step:
        title, last = PLANNED[4].title, self.newest
        if not self.access.may(Action.SEE_TRANSACTIONS, self.integration.team_id):
            return Step(title, "your roles do not let you see transactions here", "off")
        if last is None:
            return Step(title, "it is being processed" if self.has_received else PLANNED[4].words)
        state, url = TransactionState(last.state), transaction_url(last.pk)
        if state in DELIVERED:
            return Step(title, "the receiver has taken it", "ok", at=last.finished_at, url=url)
        if state is TransactionState.IGNORED:
            return Step(title, f"“{last.event_type}” came in; no route takes it", "off", at=last.finished_at, url=url)
        if state in ENDED_BADLY:
            why = self._said(last.reason) or last.error_class
            return Step(title, f"{state.label}: {why}", "bad", at=last.finished_at, url=url)
        return Step(title, self._under_way(last), "run", url=url)

    def _said(self, reason: str) -> str:
        return listed_sentence(self.access, self.integration.team_id, reason)

    def _under_way(self, last: Transaction) -> str:
        """That it is tried, and what the last try came to."""
        tried = StepRun.objects.filter(transaction_id=last.pk, attempts__gt=0).order_by("ordinal").first()
        if tried is None or not (tried.reason or tried.error_class):
            return "on its way"
        why = self._said(tried.reason) or tried.error_class
        return f"not taken yet: {why.rstrip('.')}. It is tried again until the receiver takes it"


def progress_of(access: Access, slug: str) -> Progress:
    """That of the endpoint of this name; raises :class:`NotFound`."""
    endpoint = _endpoints().filter(slug=slug).first()
    if endpoint is None:
        raise NotFound("There is no endpoint of that name.")
    return Progress(endpoint, access)


def newest_progress(access: Access) -> Progress | None:
    """That of what was connected last; None before anything was."""
    endpoint = _endpoints().order_by("-pk").first()
    return Progress(endpoint, access) if endpoint else None


def _endpoints() -> QuerySet[Endpoint]:
    known = Endpoint.objects.select_related("integration__team", "interface")
    return known.filter(interface__instance__system__connector=CONNECTOR)
