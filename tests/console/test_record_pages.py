"""The record on its pages: read, changed with a reason, found on the timeline; systems, processes, and what differs."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from controlplane.audit.models import Actor
from controlplane.foundation import clock
from controlplane.inventory.changing import change
from controlplane.inventory.models import (
    Environment,
    FailureMode,
    FieldChange,
    Integration,
    Process,
    ProcessStep,
    System,
)
from controlplane.people.models import Account, Team
from controlplane.people.roles import Role
from tests.console.test_integrations import text
from tests.transactions.factories import Estate, an_account, estate

pytestmark = pytest.mark.django_db
ARCHITECT = Actor(label="architect")
HERE = "/integrations/"


@pytest.fixture
def made() -> Estate:
    return estate(erp_connector="webhook")


@pytest.fixture
def mara(made: Estate) -> Account:
    return an_account("Mara Lindqvist", Role.OWNER, made.team)


@pytest.fixture
def owner(client: Client, mara: Account) -> Client:
    client.force_login(mara)
    return client


def address(made: Estate, more: str = "") -> str:
    return f"{HERE}{made.integration.slug}/{more}"


def shown(client: Client, made: Estate) -> dict[str, Any]:
    """What the form would send, as it was opened."""
    form = client.get(address(made, "settings/")).context["form"]
    failures = client.get(address(made, "settings/")).context["failures"]
    sent: dict[str, Any] = {name: _plain(form[name].value()) for name in form.fields}
    sent |= {
        f"{failures.prefix}-{name}": failures.management_form[name].value() for name in ("TOTAL_FORMS", "INITIAL_FORMS")
    }
    for mode in failures:
        sent |= {mode[name].html_name: mode[name].value() or "" for name in mode.fields}
    return {name: value for name, value in sent.items() if value is not None}


def _plain(value: Any) -> Any:
    return [getattr(one, "pk", one) for one in value] if isinstance(value, list) else value


def test_what_nobody_has_said_is_said_to_be_so(owner: Client, made: Estate) -> None:
    page = text(owner.get(address(made)))
    assert "Owner not said yet" in page
    assert "Classification not said yet" in page
    assert "18 not said yet" in page
    assert "How it fails Not said yet" in page


def test_the_owner_changes_the_record_and_finds_it_on_the_timeline(owner: Client, made: Estate, mara: Account) -> None:
    sent = shown(owner, made) | {
        "owner": mara.email.upper(),
        "classification": "confidential",
        "latency_seconds": "30",
        "reason": "Asked by the auditor.",
        "failures-0-name": "The ledger is closed",
        "failures-0-workaround": "Post on Monday.",
    }

    answer = owner.post(address(made, "settings/"), sent, follow=True)

    page = text(answer)
    assert "Changed: owner, classification, latency seconds, failure modes." in page
    assert "Owner Mara Lindqvist" in page
    assert "Latency, 95 of 100 30 s" in page
    assert "The ledger is closed" in page
    assert FailureMode.objects.get().slug == "the-ledger-is-closed"
    assert Integration.objects.get().process_id == "order-to-cash"
    timeline = text(owner.get(address(made, "timeline/")))
    assert f"Owner: nothing → {mara.email} Mara Lindqvist: Asked by the auditor." in timeline
    assert "Failure modes: nothing → the-ledger-is-closed" in timeline
    assert "version 1" in timeline
    assert "version 1" not in text(owner.get(address(made, "timeline/?kind=record")))


def test_a_form_from_an_older_state_is_refused_and_shows_both(owner: Client, made: Estate) -> None:
    sent = shown(owner, made) | {"purpose": "Mine", "reason": "Better."}
    change(made.integration, {"purpose": "Theirs"}, by=ARCHITECT, reason="First.")

    answer = owner.post(address(made, "settings/"), sent)

    assert answer.status_code == 409
    page = answer.content.decode()
    assert "Somebody else has changed this since you opened it." in page
    assert "purpose: it was nothing, now it is Theirs" in page
    assert ">Mine</textarea>" in page.replace("\n", "")
    again = sent | {"seen": answer.context["form"]["seen"].value()}
    assert owner.post(address(made, "settings/"), again).status_code == 302
    assert Integration.objects.get(pk=made.integration.pk).purpose == "Mine"


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({"reason": ""}, "This field is required."),
        ({"owner": "nobody@example.com"}, "There is no account &#x27;nobody@example.com&#x27;."),
        ({"runbook": "in the drawer"}, "Enter a valid URL."),
        ({"retention_days": "-1"}, "Ensure this value is greater than or equal to 0."),
        ({"seen": "[]"}, "This form is not whole; open it again."),
        ({"stage": "asleep"}, "Select a valid choice."),
    ],
)
def test_what_is_wrong_stands_beside_its_field(owner: Client, made: Estate, sent: dict[str, str], words: str) -> None:
    answer = owner.post(address(made, "settings/"), shown(owner, made) | {"reason": "A try."} | sent)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert FieldChange.objects.count() == 0


def test_owner_and_deputy_are_two_and_steps_are_of_the_process(owner: Client, made: Estate, mara: Account) -> None:
    other = Process.objects.create(slug="other", name="Other")
    step = ProcessStep.objects.create(process=other, number=1, slug="elsewhere", name="Elsewhere")
    base = shown(owner, made) | {"reason": "A try."}
    both = owner.post(address(made, "settings/"), base | {"owner": mara.email, "deputy": mara.email})
    assert (both.status_code, "The deputy is the owner" in both.content.decode()) == (422, True)
    steps = owner.post(address(made, "settings/"), base | {"steps": [step.pk]})
    assert (steps.status_code, "is no step of" in steps.content.decode()) == (422, True)


def test_only_who_may_configure_edits(client: Client, made: Estate) -> None:
    client.force_login(an_account("Elif Kaya", Role.SUPPORT, made.team))
    assert client.get(address(made, "settings/")).status_code == 403
    assert client.post(address(made, "settings/"), {"reason": "Mine."}).status_code == 403
    assert "Edit its record" not in text(client.get(address(made)))
    assert client.get(f"{HERE}nothing/settings/").status_code == 404


def test_a_timeline_goes_back_page_by_page_and_loses_nothing(owner: Client, made: Estate) -> None:
    for number in range(120):
        change(made.integration, {"purpose": f"Purpose {number}"}, by=ARCHITECT, reason=f"Try {number}.")
    at, seen = address(made, "timeline/?kind=record"), []
    while at:
        answer = owner.get(at)
        seen += [event.detail for event in answer.context["events"]]
        at = answer.context["older"]
    assert seen == [f"architect: Try {number}." for number in reversed(range(120))]
    assert owner.get(address(made, "timeline/?before=yesterday")).status_code == 400
    assert owner.get(address(made, "timeline/?kind=gossip")).status_code == 400


def test_runs_and_acts_are_for_those_who_may_see_what_went_through(client: Client, made: Estate) -> None:
    client.force_login(an_account("Board", Role.SUPPORT, Team.objects.create(slug="elsewhere", name="Elsewhere")))
    assert "Not yours to see" in text(client.get(address(made, "timeline/?kind=acts")))
    assert "version 1" in text(client.get(address(made, "timeline/")))


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("stage=live", True),
        ("stage=retired", False),
        ("layer=process", True),
        ("pattern=direct", False),
        ("owner=me", True),
        ("q=LEDGER", True),
        ("q=nowhere", False),
        ("q=order-to&stage=live&layer=process&owner=me", True),
    ],
)
def test_the_list_is_narrowed(owner: Client, made: Estate, mara: Account, query: str, found: bool) -> None:
    Integration.objects.update(layer="process", deputy=mara.person)
    page = text(owner.get(f"{HERE}?{query}"))
    assert (made.integration.name in page) is found
    assert ("No integration is all that." in page) is not found


@pytest.mark.parametrize("query", ["stage=asleep", "layer=x", "owner=you", "q=" + "x" * 101, "q=%00"])
def test_a_word_that_is_none_is_refused(owner: Client, made: Estate, query: str) -> None:
    assert owner.get(f"{HERE}?{query}").status_code == 400


def test_a_system_shows_where_it_runs_its_doors_and_what_stands_on_it(owner: Client, made: Estate) -> None:
    assert "Stripe Live not said yet" in text(owner.get(f"{HERE}systems/"))
    page = text(owner.get(f"{HERE}systems/{made.source.system.slug}/"))
    assert "Webhooks Webhook not said yet" in page
    assert f"What hears of things from it {made.integration.name}" in page
    writes = text(owner.get(f"{HERE}systems/{made.erp.system.slug}/"))
    assert f"What writes to it {made.integration.name}" in writes
    assert owner.get(f"{HERE}systems/nothing/").status_code == 404


def test_a_system_is_marked_as_being_retired_with_a_reason_and_back(owner: Client, made: Estate) -> None:
    System.objects.filter(pk=made.erp.system.pk).update(team=made.team)
    at = f"{HERE}systems/{made.erp.system.slug}/"
    assert owner.post(f"{at}retire/", {"reason": ""}).status_code == 422
    page = text(owner.post(f"{at}retire/", {"reason": "Odoo comes."}, follow=True))
    assert "is being retired" in page
    assert "Stage: live → retiring Mara Lindqvist: Odoo comes." in page
    assert "It is live again" in page
    owner.post(f"{at}retire/", {"reason": "Odoo does not come."})
    assert System.objects.get(pk=made.erp.system.pk).stage == "live"


def test_a_system_of_another_team_is_not_theirs_to_retire(owner: Client, made: Estate) -> None:
    at = f"{HERE}systems/{made.erp.system.slug}/"
    assert "Mark as being retired" not in text(owner.get(at))
    assert owner.post(f"{at}retire/", {"reason": "Mine."}).status_code == 403
    assert System.objects.get(pk=made.erp.system.pk).stage == "live"


def test_a_process_shows_its_steps_with_what_carries_them(owner: Client, made: Estate) -> None:
    process = Process.objects.get()
    words = [{"slug": "bill", "name": "Bill it"}, {"slug": "collect", "name": "Collect"}]
    change(process, {"steps": words}, by=ARCHITECT, reason="Said.")
    page = text(owner.get(f"{HERE}processes/order-to-cash/"))
    assert "1 Bill it no integration carries it 2 Collect" in page
    assert f"Part of it, without a step {made.integration.name}" in page
    change(made.integration, {"steps": [ProcessStep.objects.get(slug="bill")]}, by=ARCHITECT, reason="It does.")
    page = text(owner.get(f"{HERE}processes/order-to-cash/"))
    assert f"1 Bill it {made.integration.name}" in page
    assert "Every integration of it carries a step." in page
    assert "2 1" in text(owner.get(f"{HERE}processes/"))
    assert owner.get(f"{HERE}processes/nothing/").status_code == 404


def test_the_same_integration_elsewhere_is_laid_beside_it(owner: Client, made: Estate) -> None:
    staging = Environment.objects.create(slug="staging", name="Staging")
    trial = Integration.objects.create(
        slug="trial", name="Trial", team=made.team, environment=staging, purpose="Tried.", family="ledger"
    )
    Integration.objects.filter(pk=made.integration.pk).update(family="ledger")
    assert "Trial Staging What differs" in text(owner.get(address(made)))
    page = text(owner.get(address(made, "against/trial/")))
    assert "purposeintegrations: billing-invoices nothing Tried." in page
    assert "the whole of it" in page
    Integration.objects.filter(pk=trial.pk).update(family="")
    assert owner.get(address(made, "against/trial/")).status_code == 404


def test_the_history_is_not_of_the_future(owner: Client, made: Estate) -> None:
    change(made.integration, {"purpose": "x"}, by=ARCHITECT, reason="Now.")
    place = f"{(clock.now() - timedelta(days=1)).isoformat()}|0|1".replace("+", "%2B")
    assert "Nothing before that" in text(owner.get(address(made, f"timeline/?kind=record&before={place}")))
    assert json.loads(shown(owner, made)["seen"])["purpose"] == "x"
