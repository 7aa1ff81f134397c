"""What is being typed into the search box is completed: fields by their beginning, names of the catalogue, no more."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from controlplane.people.roles import Role
from controlplane.transactions.search import completing
from controlplane.transactions.search.completing import MOST, Completion, completions
from controlplane.transactions.search.grammar import parse
from tests.transactions.factories import Estate, an_account, estate

KINDS = ("customer", "order", "contract")


def texts(typed: str) -> list[str]:
    return [one.text for one in completions(typed, KINDS)]


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("sta", ["status:"]),
        ("STA", ["status:"]),
        ("-sta", ["-status:"]),
        ("customer:C-1042 sta", ["customer:C-1042 status:"]),
        ("cu", ["customer:"]),
        ("cont", ["contract-id:", "contract:"]),
        ("t", ["type:", "trace:", "text:"]),
        ("status:de", ["status:dead "]),
        ("-status:de", ["-status:dead "]),
        ("status:failed,de", ["status:failed,dead "]),
        ("is:o", ["is:open "]),
        ("on:t", ["on:today "]),
        ("after:", [f"after:{one} " for one in ("15m", "1h", "24h", "30d", "7d", "monday", "today", "yesterday")]),
    ],
)
def test_the_last_word_is_completed_and_the_rest_kept(typed: str, expected: list[str]) -> None:
    assert texts(typed) == expected


@pytest.mark.parametrize(
    "typed",
    [
        "",
        " ",
        "status:dead ",
        "zebra",
        "zebra:x",
        "customer:C",
        "customer:",
        "amount:>",
        "status:dead",
        "C-1042",
        '"sta',
        "x" * 2001,
    ],
)
def test_where_nothing_fits_nothing_is_offered(typed: str) -> None:
    assert texts(typed) == []


def test_a_field_says_what_it_is() -> None:
    assert completions("statu", KINDS) == (Completion("status:", "status:", "how it ended, or where it is"),)
    assert completions("ord", KINDS) == (Completion("order:", "order:", "the id of an order in any system"),)


@given(st.text(max_size=40))
def test_whatever_is_typed_stays_and_only_its_last_word_grows(typed: str) -> None:
    for one in completions(f"status:failed {typed}", KINDS):
        assert one.text.startswith("status:failed ")


@pytest.mark.django_db
class TestOfTheCatalogue:
    @pytest.fixture
    def here(self) -> Estate:
        return estate()

    @pytest.mark.parametrize("field", ["system", "integration", "flow", "owner", "contract", "step", "type"])
    def test_every_name_that_is_offered_is_one_that_can_be_searched(self, here: Estate, field: str) -> None:
        offered = texts(f"{field}:")
        assert 0 < len(offered) <= MOST
        for text in offered:
            (term,) = parse(text).terms
            assert (term.field, len(term.values)) == (field, 1)

    def test_what_begins_so_comes_before_what_has_it_in_its_middle(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(completing, "_KNOWN", {"flow": lambda: ["old-orders", "orders", "order to cash", "leads"]})
        assert texts("flow:ord") == ['flow:"order to cash" ', "flow:orders ", "flow:old-orders "]
        assert texts('flow:"ord') == ['flow:"order to cash" ', "flow:orders ", "flow:old-orders "]

    def test_the_page_is_given_a_list_of_options(self, here: Estate) -> None:
        client = Client()
        client.force_login(an_account("Elif Kaya", Role.SUPPORT))
        answer = client.post("/tx/complete/", {"q": ["customer:8841", "status:de"]})
        assert re.findall(r'data-completes="([^"]*)"', answer.content.decode()) == ["status:dead "]
        assert client.post("/tx/complete/", {"q": ""}).content.strip() == b""
        assert client.post("/tx/complete/").content.strip() == b""
        assert client.get("/tx/complete/").status_code == 405

    def test_who_may_not_search_is_told_nothing(self, here: Estate) -> None:
        client = Client()
        client.force_login(an_account("Nobody Yet"))
        assert client.post("/tx/complete/", {"q": "sta"}).status_code == 403
        assert Client().post("/tx/complete/", {"q": "sta"}).headers["location"].startswith("/signin/")
