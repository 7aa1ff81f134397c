"""The pages that can be jumped to, and who is offered them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.urls import reverse

from controlplane.people.access import Access, Action


@dataclass(frozen=True, slots=True)
class Page:
    """One page: ``address`` is its name; ``words`` are others that people call it by."""

    title: str
    icon: str
    address: str
    words: str = ""
    offered: Callable[[Access], bool] = lambda _access: True

    @property
    def url(self) -> str:
        """Where it is."""
        return reverse(self.address)


def _sees_transactions(access: Access) -> bool:
    return access.may_somewhere(Action.SEE_TRANSACTIONS)


def _sees_audit(access: Access) -> bool:
    return access.may_everywhere(Action.SEE_AUDIT)


def _configures(access: Access) -> bool:
    return access.may_somewhere(Action.CONFIGURE)


def _operates(access: Access) -> bool:
    return access.may_everywhere(Action.OPERATE)


PAGES = (
    Page("Overview", "overview", "console:overview", "business processes executive month brief"),
    Page("Transactions", "tx", "transactions:search", "search orders customers", _sees_transactions),
    Page("Dead letters", "tx", "transactions:dead", "failed causes errors", _sees_transactions),
    Page("Replays", "replay", "transactions:replays", "repeat send again", _sees_transactions),
    Page("Exports", "down", "transactions:exports", "csv download", _sees_transactions),
    Page("Destinations", "link", "transactions:destinations", "pause resume breaker rate limit"),
    Page("Integrations", "nodes", "console:integrations", "inventory estate owners"),
    Page("Interfaces", "link", "console:interfaces", "apis operations openapi webhooks topics"),
    Page("Discovered", "search", "console:discovered", "drift unknown events fields contracts"),
    Page("Import a document", "down", "console:import-document", "openapi asyncapi swagger backstage", _configures),
    Page("Map", "nodes", "console:map", "dependencies graph impact what breaks"),
    Page("Approved patterns", "book", "console:patterns", "templates guides decisions catalogue"),
    Page("Contracts", "data", "console:contracts", "schemas versions agreed compatibility"),
    Page("Identities", "link", "console:identities", "customers merge split any id master", _sees_transactions),
    Page("Schedules", "clock", "sync:schedules", "sync jobs cron runs"),
    Page("Policies", "shield", "console:policies", "rules governance compliance waivers findings"),
    Page("Scorecards", "shield", "console:scorecards", "score teams processes rank"),
    Page("Audit", "shield", "console:audit", "who did what record", _sees_audit),
    Page("For you", "bell", "console:notifications", "notifications new assigned"),
    Page("Your settings", "user", "console:settings", "time zone theme density keys password sessions start page"),
    Page("API tokens", "key", "people:tokens", "service programs"),
    Page("API reference", "book", "console:reference", "documentation openapi rest"),
    Page("First integration", "play", "console:welcome", "welcome newcomer connect endpoint webhook", _configures),
    Page("Component gallery", "info", "console:gallery", "kit parts", _operates),
)


def offered(access: Access) -> Iterator[Page]:
    """Those that this person gets to see something on."""
    return (page for page in PAGES if page.offered(access))


def called(access: Access, address: str) -> Page | None:
    """The page of a name, where this person may open it."""
    return next((page for page in offered(access) if page.address == address), None)
