"""Searches under a name: mine are mine, a team's are its own, and what is personal is shared with nobody."""

from __future__ import annotations

import pytest
from django.test import Client

from controlplane.audit.models import AuditRecord
from controlplane.foundation import clock
from controlplane.foundation.errors import Invalid, NotAllowed
from controlplane.people.access import Access, access_for
from controlplane.people.models import Account, Team
from controlplane.people.roles import Role
from controlplane.transactions.models import SavedView
from controlplane.transactions.saved_views import save as saving
from controlplane.transactions.saved_views.change import change
from controlplane.transactions.saved_views.remove import remove
from controlplane.transactions.saved_views.save import save
from controlplane.transactions.search.grammar import BadQuery
from tests.transactions.factories import Estate, an_account, estate
from tests.transactions.views.reading import text_of

pytestmark = pytest.mark.django_db

HERE = "/tx/views/"


@pytest.fixture
def made() -> Estate:
    return estate(erp_connector="webhook")


@pytest.fixture
def elsewhere() -> Team:
    return Team.objects.create(slug="elsewhere", name="Elsewhere")


@pytest.fixture
def elif_kaya(made: Estate) -> Account:
    return an_account("Elif Kaya", Role.SUPPORT, made.team)


@pytest.fixture
def noor(made: Estate) -> Account:
    """Another one of the same team."""
    return an_account("Noor Haddad", Role.SUPPORT, made.team)


def saved(who: Account, name: str, text: str = "status:dead", team: Team | None = None) -> SavedView:
    return save(access_for(who), name, text, team, clock.now())


def names(who: Account) -> list[str]:
    """What that person finds."""
    return sorted(SavedView.objects.of(access_for(who)).values_list("name", flat=True))


def test_mine_are_mine_and_a_teams_are_its_own(
    made: Estate, elsewhere: Team, elif_kaya: Account, noor: Account
) -> None:
    saved(elif_kaya, "Failed, mine")
    saved(elif_kaya, "Waiting long", "status:waiting", made.team)
    stranger = an_account("Sam", Role.SUPPORT, elsewhere)
    assert (names(elif_kaya), names(noor), names(stranger)) == (["Failed, mine", "Waiting long"], ["Waiting long"], [])
    assert SavedView.objects.of(Access()).count() == 0
    assert names(an_account("Priya", Role.AUDITOR)) == ["Waiting long"]


def test_saving_under_the_same_name_replaces_what_had_it(elif_kaya: Account) -> None:
    first = saved(elif_kaya, "Failed")
    again = saved(elif_kaya, "  FAILED ", "status:dead,partial")
    assert (again.pk, again.name, again.query) == (first.pk, "FAILED", "status:dead,partial")
    assert names(elif_kaya) == ["FAILED"]


def test_a_teams_view_is_changed_by_its_maker_and_by_who_configures_there(
    made: Estate, elif_kaya: Account, noor: Account
) -> None:
    view = saved(elif_kaya, "Waiting", team=made.team)
    with pytest.raises(NotAllowed, match="of somebody else's"):
        saved(noor, "waiting", "status:ok", made.team)
    with pytest.raises(NotAllowed, match="Elif Kaya made this view"):
        remove(access_for(noor), view)
    mara = an_account("Mara", Role.OWNER, made.team)
    assert saved(mara, "Waiting", "status:partial", made.team).pk == view.pk
    remove(access_for(mara), view)
    assert names(elif_kaya) == []
    actions = list(
        AuditRecord.objects.filter(subject_kind="saved_view").order_by("id").values_list("action", flat=True)
    )
    assert actions == ["saved_view.saved", "saved_view.saved", "saved_view.removed"]


def test_what_is_personal_is_shared_with_nobody(made: Estate, elif_kaya: Account) -> None:
    with pytest.raises(Invalid, match="Keep this one for yourself"):
        saved(elif_kaya, "Ada", "ada@example.com", made.team)
    assert saved(elif_kaya, "Ada", "ada@example.com").query == "ada@example.com"


def test_a_name_in_a_teams_search_is_in_no_record_that_is_kept_for_ever(made: Estate, elif_kaya: Account) -> None:
    view = saved(elif_kaya, "Huber", 'text:"Anna Huber" status:dead', made.team)
    change(access_for(elif_kaya), view, "Huber", 'text:"Anna Huber" status:partial', clock.now())
    queries = [record.details["query"] for record in AuditRecord.objects.filter(action="saved_view.saved")]
    assert queries == ["text:•••• status:dead", "text:•••• status:partial"]
    assert SavedView.objects.get().query == 'text:"Anna Huber" status:partial'


def test_only_into_teams_whose_transactions_one_sees(made: Estate, elsewhere: Team, elif_kaya: Account) -> None:
    with pytest.raises(NotAllowed):
        saved(elif_kaya, "There", team=elsewhere)
    nobody = an_account("Nobody", Role.SUPPORT, elsewhere)
    with pytest.raises(NotAllowed):
        saved(nobody, "Here", team=made.team)
    assert SavedView.objects.count() == 0


@pytest.mark.parametrize("name", ["", "   ", "x" * 61, "a\u202eb", "a\x00b", "a\u200bb"])
def test_a_name_is_seen_and_short(elif_kaya: Account, name: str) -> None:
    with pytest.raises(Invalid, match="1 to 60 characters"):
        saved(elif_kaya, name)


def test_what_cannot_be_searched_for_is_not_saved(elif_kaya: Account) -> None:
    with pytest.raises(BadQuery):
        saved(elif_kaya, "Typo", "custmer:C-1")
    with pytest.raises(Invalid, match="would be everything"):
        saved(elif_kaya, "All", " ")


def test_there_is_a_limit_and_it_is_said(elif_kaya: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(saving, "MOST", 2)
    saved(elif_kaya, "One")
    saved(elif_kaya, "Two")
    with pytest.raises(Invalid, match="There are 2 views already"):
        saved(elif_kaya, "Three")
    saved(elif_kaya, "two", "status:ok")


class TestPages:
    def test_a_search_is_saved_from_its_page_and_opened_from_the_frame(
        self, client: Client, elif_kaya: Account
    ) -> None:
        client.force_login(elif_kaya)
        assert "Save view" in text_of(client.get("/tx/?q=status:dead"))
        form = client.post(f"{HERE}save/", {"q": "status:dead"})
        assert (form.status_code, "Save this search" in text_of(form)) == (200, True)
        answer = client.post(f"{HERE}save/", {"q": "status:dead", "name": "Failed", "team": ""})
        view = SavedView.objects.get()
        assert answer.headers["location"] == f"/tx/?q=status%3Adead&view={view.pk}"
        assert f'href="{HERE}{view.pk}/"' in client.get("/overview/").content.decode()
        assert client.get(f"{HERE}{view.pk}/").headers["location"] == f"/tx/?q=status%3Adead&view={view.pk}"
        assert "Failed status:dead only you" in text_of(client.get(HERE))

    def test_a_changed_view_is_saved_or_reset(self, client: Client, elif_kaya: Account) -> None:
        client.force_login(elif_kaya)
        view = saved(elif_kaya, "Failed")
        as_it_is = client.get(f"/tx/?q=status:dead&view={view.pk}")
        assert f'href="{HERE}{view.pk}/" aria-current="true"' in as_it_is.content.decode()
        assert "Reset" not in text_of(as_it_is)
        assert "Save view" not in text_of(as_it_is)
        narrowed = client.post("/tx/", {"q": ["status:dead", "after:2h"], "view": view.pk}).headers["location"]
        changed = client.get(narrowed)
        assert "Failed changed Save Reset Save as…" in text_of(changed)
        assert f'name="view" value="{view.pk}"' in changed.content.decode()
        answer = client.post(f"{HERE}{view.pk}/change/", {"q": "status:dead after:2h"}, follow=True)
        assert "“Failed” is changed." in text_of(answer)
        assert "Reset" not in text_of(answer)
        view.refresh_from_db()
        assert (view.name, view.query) == ("Failed", "status:dead after:2h")

    def test_written_otherwise_it_is_the_same_search(self, client: Client, elif_kaya: Account) -> None:
        client.force_login(elif_kaya)
        view = saved(elif_kaya, "Failed", "status:dead   customer:C-1042")
        assert "Reset" not in text_of(client.get(f"/tx/?q=status:dead+customer:C-1042&view={view.pk}"))

    def test_a_teams_view_of_somebody_else_is_reset_or_saved_under_another_name(
        self, client: Client, made: Estate, elif_kaya: Account, noor: Account
    ) -> None:
        view = saved(elif_kaya, "Failed", team=made.team)
        client.force_login(noor)
        assert "Failed changed Reset Save as…" in text_of(client.get(f"/tx/?q=status:ok&view={view.pk}"))
        refused = client.post(f"{HERE}{view.pk}/change/", {"q": "status:ok"})
        assert refused.status_code == 403
        assert "Elif Kaya made this view" in text_of(refused)

    def test_what_a_view_cannot_become_is_said_and_nothing_is_changed(
        self, client: Client, made: Estate, elif_kaya: Account
    ) -> None:
        client.force_login(elif_kaya)
        view = saved(elif_kaya, "Failed", team=made.team)
        answer = client.post(f"{HERE}{view.pk}/change/", {"q": "ada@example.com"}, follow=True)
        assert "Keep this one for yourself. “Failed” is as it was." in text_of(answer)
        misread = client.post(f"{HERE}{view.pk}/change/", {"q": "statsu:dead"}, follow=True)
        assert (misread.status_code, "Nothing was searched" in text_of(misread)) == (422, True)
        view.refresh_from_db()
        assert view.query == "status:dead"

    @pytest.mark.parametrize("number", ["0", "-1", "x", "9" * 40, "²"])
    def test_a_view_that_is_not_there_is_no_view(self, client: Client, elif_kaya: Account, number: str) -> None:
        client.force_login(elif_kaya)
        page = client.get("/tx/", {"q": "status:dead", "view": number})
        assert (page.status_code, "Save view" in text_of(page)) == (200, True)

    def test_a_view_with_a_personal_value_leads_to_an_address_without_it(
        self, client: Client, elif_kaya: Account
    ) -> None:
        client.force_login(elif_kaya)
        view = saved(elif_kaya, "Ada", "ada@example.com")
        assert client.get(f"{HERE}{view.pk}/").headers["location"].startswith("/tx/?kept=")
        assert "ada@example.com" not in client.get(HERE).content.decode()

    def test_a_refusal_stands_at_its_field_and_what_was_typed_stays(
        self, client: Client, made: Estate, elif_kaya: Account
    ) -> None:
        client.force_login(elif_kaya)
        answer = client.post(f"{HERE}save/", {"q": "ada@example.com", "name": "Ada", "team": made.team.slug})
        assert answer.status_code == 422
        assert "Keep this one for yourself" in text_of(answer)
        assert 'value="Ada"' in answer.content.decode()
        assert client.post(f"{HERE}save/", {"q": "status:dead", "name": "", "team": "none"}).status_code == 422

    def test_somebody_elses_looks_like_one_that_does_not_exist(
        self, client: Client, elif_kaya: Account, noor: Account
    ) -> None:
        view = saved(elif_kaya, "Mine")
        client.force_login(noor)
        for answer in (
            client.get(f"{HERE}{view.pk}/"),
            client.post(f"{HERE}{view.pk}/remove/"),
            client.get(f"{HERE}9/"),
        ):
            assert answer.status_code == 404
        client.force_login(elif_kaya)
        assert client.post(f"{HERE}{view.pk}/remove/").headers["location"] == HERE
        assert "No saved view yet" in text_of(client.get(HERE))

    def test_nobody_does_any_of_it_without_signing_in(self, client: Client) -> None:
        assert client.get(HERE).status_code == 302
        assert client.post(f"{HERE}save/", {"q": "x"}).status_code == 302
