"""What apps above show on the page of a change: for their kinds, in their place."""

from __future__ import annotations

import pytest
from django.test import Client

from controlplane.foundation.errors import Conflict
from controlplane.governance.models import ChangeRequest
from controlplane.people.access import Access
from controlplane.people.models import Account
from tests.governance import names
from tests.governance.board import Company


@pytest.fixture(autouse=True)
def _no_panel_is_left() -> None:
    names.PANELS.clear()


def page(reader: Access, change: ChangeRequest) -> str:
    client = Client()
    client.force_login(Account.objects.get(pk=reader.account_id))
    answer = client.get(f"/changes/{change.pk}/")
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_panel_stands_where_it_belongs_on_changes_of_its_kind(company: Company) -> None:
    names.PANELS["Invoicing"] = {"title": "Letterheads", "problem": "400 sheets are left."}
    shown = page(company.ana, company.proposed())
    assert shown.count("400 sheets") == 2
    main, who, decision, rail = (
        shown.index(words)
        for words in ('id="letterheads-main"', "Who is affected", "Your decision", 'id="letterheads-rail"')
    )
    assert who < main < decision < rail
    assert "400 sheets" not in page(company.ana, company.proposed("Dunning"))
    assert "400 sheets" not in page(company.ana, company.proposed(kind="team_name_at_once"))


def test_what_a_panel_cannot_show_is_said_in_its_place_and_the_page_stands(company: Company) -> None:
    names.PANELS["Invoicing"] = Conflict("The stationer does not answer.")
    shown = page(company.ana, company.proposed())
    assert shown.count("This cannot be shown now. The stationer does not answer.") == 2
    assert "Letterheads, rail" in shown
    assert "Nobody finds us." in shown
