"""Saved views over the API: listed, made, changed and removed as on the pages."""

from __future__ import annotations

from typing import Any

import pytest

from controlplane.audit.models import AuditRecord
from controlplane.people.models import Membership, Team
from controlplane.people.roles import Role
from controlplane.transactions.models import SavedView
from controlplane.transactions.rest import saved_views
from tests.people.rest.asking import Program
from tests.transactions.factories import Estate
from tests.transactions.rest.asking import Programs

pytestmark = pytest.mark.django_db

FAILED = {"name": "Failed", "q": "status:dead"}


def made(asking: Program, **said: Any) -> Any:
    """A view that the program saved."""
    return asking.post("saved-views", FAILED | said).json()


def sent(asking: Program, method: str, path: str, body: Any = None, key: str = "") -> Any:
    """An answer to a method that no form of the pages has."""
    headers = {"Authorization": f"Bearer {asking.secret}"} | ({"Idempotency-Key": key} if key else {})
    asks = getattr(asking.client, method)
    return asks(f"/api/v1/{path}", body or {}, content_type="application/json", headers=headers)


def names(asking: Program) -> list[str]:
    return [one["name"] for one in asking.get("saved-views").json()["views"]]


def test_a_view_is_saved_read_changed_and_removed(here: Estate, program: Programs) -> None:
    asking = program(Role.SUPPORT)
    view = made(asking)
    address = f"saved-views/{view['id']}"
    assert {name: view[name] for name in ("name", "q", "team", "made_by", "may_change")} == FAILED | {
        "team": None,
        "made_by": "Elif Kaya",
        "may_change": True,
    }
    assert asking.get(address).json() == view
    changed = sent(asking, "put", address, {"name": "Failed today", "q": "status:dead after:today"}).json()
    assert (changed["id"], changed["name"], changed["q"]) == (view["id"], "Failed today", "status:dead after:today")
    assert asking.get("saved-views").json() == {"views": [changed], "next": None}
    removed = sent(asking, "delete", address)
    assert (removed.status_code, removed.json()["count"]) == (200, 1)
    assert asking.get(address).status_code == 404
    assert AuditRecord.objects.filter(subject_kind="saved_view").count() == 0


def test_what_a_team_shares_is_found_by_it_and_changed_by_its_maker(here: Estate, program: Programs) -> None:
    elif_, noor = program(Role.SUPPORT), program(Role.SUPPORT, name="Noor Haddad")
    view = made(elif_, team=here.team.slug)
    made(elif_, name="Mine")
    assert (names(elif_), names(noor)) == (["Failed", "Mine"], ["Failed"])
    address = f"saved-views/{view['id']}"
    assert noor.get(address).json()["may_change"] is False
    refused = sent(noor, "put", address, FAILED | {"q": "status:ok"})
    assert (refused.status_code, refused.headers["content-type"]) == (403, "application/problem+json")
    assert "Elif Kaya made this view" in refused.json()["detail"]
    assert sent(noor, "delete", address).status_code == 403
    assert sent(elif_, "put", address, FAILED | {"q": "status:partial"}).status_code == 200
    assert sent(elif_, "delete", address).status_code == 200
    acts = AuditRecord.objects.filter(subject_kind="saved_view").order_by("id")
    assert [(one.action, one.via) for one in acts] == [
        ("saved_view.saved", "api"),
        ("saved_view.saved", "api"),
        ("saved_view.removed", "api"),
    ]


def test_somebody_elses_looks_like_one_that_does_not_exist(here: Estate, program: Programs) -> None:
    address = f"saved-views/{made(program(Role.SUPPORT))['id']}"
    noor = program(Role.OWNER, name="Noor Haddad")
    answers = [noor.get(address), sent(noor, "put", address, FAILED), sent(noor, "delete", address)]
    assert [one.status_code for one in answers] == [404, 404, 404]
    assert SavedView.objects.count() == 1


@pytest.mark.parametrize(
    ("said", "status", "field"),
    [
        ({"name": "  "}, 422, "name"),
        ({"name": "a\u202eb"}, 422, "name"),
        ({"q": " "}, 422, "q"),
        ({"team": "nowhere"}, 422, "team"),
        ({"query": "status:dead"}, 422, "query"),
        ({"q": "ada@example.com", "team": "billing"}, 422, "team"),
    ],
)
def test_what_cannot_be_kept_is_refused_at_its_field(
    here: Estate, program: Programs, said: dict[str, str], status: int, field: str
) -> None:
    answer = program(Role.SUPPORT).post("saved-views", FAILED | said)
    assert (answer.status_code, answer.json()["field"]) == (status, field)
    assert SavedView.objects.count() == 0


def test_a_search_that_cannot_be_read_is_marked(here: Estate, program: Programs) -> None:
    (fault,) = program(Role.SUPPORT).post("saved-views", FAILED | {"q": "statsu:dead"}).json()["faults"]
    assert (fault["start"], fault["suggestion"]) == (0, "status:")


def test_a_name_is_taken_once(here: Estate, program: Programs) -> None:
    asking = program(Role.SUPPORT)
    first, second = made(asking), made(asking, name="Waiting", q="status:waiting")
    again = made(asking, name="FAILED", q="status:dead,partial")
    assert (again["id"], again["q"]) == (first["id"], "status:dead,partial")
    refused = sent(asking, "put", f"saved-views/{second['id']}", FAILED)
    assert (refused.status_code, refused.json()["field"]) == (422, "name")
    assert names(asking) == ["FAILED", "Waiting"]


def test_a_team_that_is_not_ones_own_is_refused(here: Estate, program: Programs) -> None:
    Team.objects.create(slug="elsewhere", name="Elsewhere")
    assert program(Role.SUPPORT).post("saved-views", FAILED | {"team": "elsewhere"}).status_code == 403


def test_the_same_request_is_done_once(here: Estate, program: Programs) -> None:
    asking = program(Role.SUPPORT)
    view = made(asking)
    address = f"saved-views/{view['id']}"
    first, again = (sent(asking, "delete", address, key="once") for _ in range(2))
    assert (first.status_code, again.status_code, again.headers["Idempotent-Replayed"]) == (200, 200, "true")
    assert sent(asking, "put", address, FAILED, key="once").status_code == 422


def test_a_long_list_comes_a_page_at_a_time(
    here: Estate, program: Programs, monkeypatch: pytest.MonkeyPatch, django_assert_max_num_queries: Any
) -> None:
    monkeypatch.setattr(saved_views, "PAGE", 2)
    asking = program(Role.SUPPORT)
    for name in "abc":
        made(asking, name=name)
    with django_assert_max_num_queries(8):
        first = asking.get("saved-views").json()
    assert ([one["name"] for one in first["views"]], first["next"]) == (["a", "b"], str(first["views"][1]["id"]))
    rest = asking.get("saved-views", cursor=first["next"]).json()
    assert ([one["name"] for one in rest["views"]], rest["next"]) == (["c"], None)


def test_who_may_see_no_transactions_any_more_has_no_views(here: Estate, program: Programs) -> None:
    asking = program(Role.SUPPORT)
    address = f"saved-views/{made(asking)['id']}"
    Membership.objects.all().delete()
    answers = [asking.get("saved-views"), asking.get(address), asking.post("saved-views", FAILED)]
    assert [one.status_code for one in answers] == [403, 403, 403]
