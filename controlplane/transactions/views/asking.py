"""What the address of a search asks for: the page and the parts that it fetches read it alike."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from uuid import UUID

from django.http import HttpRequest, QueryDict

from controlplane.people.access import Access
from controlplane.transactions.search.grammar import MAX_LENGTH
from controlplane.transactions.views import kept
from controlplane.transactions.views.addresses import search_url

#: Digits of the number of a row: one less than its column holds.
LONGEST_NUMBER = 19

#: An address for a query's text, and what more is to be in it; what the page keeps in its address is in it already.
Address = Callable[..., str]


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address asks for. ``facets``: the column is open; ``counted``: nothing is to be fetched later.

    ``view`` is the number of the saved view that was opened, whatever became of its search since.
    """

    text: str
    selected: UUID | None
    older: str
    step: str
    tab: str
    facets: bool
    counted: bool
    view: str = ""

    @property
    def keep(self) -> dict[str, str]:
        """What further searches from this page keep."""
        flags = {name: "1" for name, on in (("facets", self.facets), ("counted", self.counted)) if on}
        return flags | ({"view": self.view} if self.view else {})

    def address(self, access: Access) -> Address:
        """Addresses of other searches on the page as it is."""
        return partial(search_url, access, **self.keep)


def asked_of(request: HttpRequest, access: Access) -> Asked:
    """What a request asks for; ``NotFound`` for a search that is not kept any more."""
    sent = request.GET
    text = typed(sent)
    if "kept" in sent and not text:
        text = kept.kept(access, sent["kept"])
    try:
        selected = UUID(sent.get("sel", ""))
    except ValueError:
        selected = None
    older, step, tab = (sent.get(name, "") for name in ("older", "step", "tab"))
    facets, counted = (flag(sent, name) == "1" for name in ("facets", "counted"))
    return Asked(text, selected, older, step, tab, facets, counted, number(sent, "view"))


def typed(sent: QueryDict) -> str:
    """Every token and the text typed; what is longer than a search may be is cut where it is refused."""
    return " ".join(part.strip() for part in sent.getlist("q")).strip()[: MAX_LENGTH + 1]


def flag(sent: QueryDict, name: str) -> str:
    """Whether something is on, as addresses have it."""
    return "1" if sent.get(name) == "1" else ""


def number(sent: QueryDict, name: str) -> str:
    """The number of something, as addresses have it; empty for what is none."""
    text = sent.get(name, "")
    return text if text.isascii() and text.isdigit() and len(text) < LONGEST_NUMBER else ""
