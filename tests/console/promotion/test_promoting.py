"""What an integration does in staging is proposed for production, read by a board, applied whole, and taken back."""

from __future__ import annotations

from datetime import timedelta

import pytest

from controlplane.audit.models import SYSTEM, AuditRecord
from controlplane.console.estate.apply import apply as apply_estate
from controlplane.console.estate.export import export
from controlplane.console.estate.problems import Refused
from controlplane.console.promotion.draft import draft
from controlplane.console.promotion.elsewhere import named_as
from controlplane.console.promotion.part import part_of
from controlplane.console.promotion.subject import subject_of
from controlplane.contracts.models import VersionState
from controlplane.foundation import clock
from controlplane.foundation.errors import Conflict, Invalid, NotAllowed, NotFound
from controlplane.governance.changes.apply import apply
from controlplane.governance.changes.check import run_checks
from controlplane.governance.changes.propose import propose
from controlplane.governance.changes.rollback import rollback
from controlplane.governance.models import Board, ChangeState, Check, CheckState
from controlplane.inventory.models import Integration
from controlplane.transactions.models import Destination, DestinationState, FlowVersion, Route, TrafficHour
from controlplane.transactions.rules.durations import BOUNDS
from tests.console.promotion.conftest import Here, an_estate, begun

pytestmark = pytest.mark.django_db


def carried(integration: Integration, succeeded: int) -> None:
    """What went through it in the last hour."""
    hour = clock.now().replace(minute=0, second=0, microsecond=0) - timedelta(hours=1)
    zero = dict.fromkeys(("partial", "quarantined", "cancelled", "ignored", "under_way", "dead"), 0)
    TrafficHour.objects.create(
        hour=hour,
        integration=integration,
        received=succeeded,
        succeeded=succeeded,
        took=[0] * (len(BOUNDS) + 1),
        counted_at=clock.now(),
        **zero,
    )


def live() -> FlowVersion:
    """What the flow does in production now."""
    return FlowVersion.objects.get(flow__slug="tell", state=VersionState.PUBLISHED)


def checked(here: Here, name: str) -> tuple[str, str]:
    """How one check of the newest revision came out."""
    found = Check.objects.filter(name=name).order_by("-pk").first()
    assert found is not None
    return found.state, found.detail


def test_the_names_of_production_stand_where_those_of_staging_stood(here: Here) -> None:
    drafted = draft(here.staging, here.production, {})

    assert drafted.open == []
    assert drafted.twin == Integration.objects.get(slug="invoices")
    assert drafted.document == {
        "mappings": {
            "invoice": {
                "name": "Invoice",
                "integration": "invoices",
                "lines": {"number": "record.id", "paid": "record.amount_paid"},
            }
        },
        "normalisations": {
            "webhooks-invoice-paid": {
                "interface": "webhooks",
                "event_type": "invoice.paid",
                "canonical_type": "invoice.paid",
                "contract": "invoice",
                "mapping": "invoice",
            }
        },
        "flows": {
            "tell": {
                "name": "Tell the listener",
                "integration": "invoices",
                "ordering": "event.number",
                "steps": [
                    {
                        "name": "tell",
                        "kind": "deliver",
                        "destination": "listener",
                        "operation": "send",
                        "mapping": {"number": "event.number", "paid": "event.paid"},
                        "keys": {},
                    }
                ],
                "routes": [{"event_type": "invoice.paid", "interface": "webhooks", "condition": "event.paid > 0"}],
            }
        },
    }


def test_the_board_reads_what_would_differ_in_production(here: Here) -> None:
    change = here.proposed()

    read = {(one["what"], one["before"], one["after"]) for one in change.revision.diff}
    assert ("Mapping invoice: lines.paid", "", "record.amount_paid") in read
    assert ("Flow tell: ordering", "", "event.number") in read
    assert ("Flow tell: steps.tell.mapping.paid", "", "event.paid") in read
    assert all("staging" not in what + before + after for what, before, after in read)


def test_nothing_is_promoted_that_has_carried_nothing(here: Here) -> None:
    change = here.agreed(here.proposed())

    assert checked(here, "tried") == (CheckState.FAILED, "Nothing of it has arrived there in 30 days.")
    with pytest.raises(Conflict, match="It has carried traffic in Staging"):
        apply(here.owner, change.pk)
    assert live().number == 1


def test_agreed_and_applied_it_does_there_what_it_does_here_and_only_that(here: Here) -> None:
    carried(here.staging, 12)
    change = here.agreed(here.proposed())
    assert checked(here, "tried") == (CheckState.PASSED, "12 arrived there in 30 days, 0 did not.")
    assert live().number == 1

    assert apply(here.owner, change.pk).state == ChangeState.APPLIED

    twin = Integration.objects.get(slug="invoices")
    assert draft(here.staging, here.production, {}).document["flows"] == part_of(twin)["flows"]
    assert (live().number, live().ordering) == (2, "event.number")
    assert Route.objects.get(flow__slug="tell", active=True).condition == "event.paid > 0"
    # What belongs to the environment stayed.
    assert DestinationState.objects.get(destination__slug="listener").rate_per_second == 5.0
    assert twin.criticality == "critical"
    assert FlowVersion.objects.get(flow__slug="tell-staging", state=VersionState.PUBLISHED).number == 1
    assert list(AuditRecord.objects.order_by("-id").values_list("action", flat=True)[:1]) == ["change.applied"]


def test_what_was_applied_is_taken_back_by_another_change(here: Here) -> None:
    carried(here.staging, 1)
    before = part_of(Integration.objects.get(slug="invoices"))
    change = here.agreed(here.proposed())
    apply(here.owner, change.pk)

    back = rollback(here.owner, change.pk, why="The listener counts twice.")
    run_checks(back.revision)
    apply(here.owner, here.agreed(back).pk)

    change.refresh_from_db()
    assert change.state == ChangeState.ROLLED_BACK
    assert part_of(Integration.objects.get(slug="invoices")) == before
    assert live().number == 3


def test_what_changed_there_meanwhile_makes_it_stale(here: Here) -> None:
    carried(here.staging, 1)
    change = here.agreed(here.proposed())
    document = an_estate()
    document["flows"]["tell"]["ordering"] = "event.customer"
    apply_estate(document, actor=SYSTEM)

    with pytest.raises(Conflict, match="Its subject has changed since version 1 was written"):
        apply(here.owner, change.pk)
    assert live().ordering == "event.customer"


def test_what_came_by_promotion_changes_there_by_promotion_alone(here: Here) -> None:
    carried(here.staging, 1)
    apply(here.owner, here.agreed(here.proposed()).pk)
    past_the_board = export().document
    past_the_board["flows"]["tell"]["ordering"] = ""
    past_the_board["mappings"]["invoice"]["lines"]["paid"] = "record.total"
    (event,) = [one for one in past_the_board["normalisations"].values() if one["interface"] == "webhooks"]
    event["mapping"] = "invoice-staging"

    with pytest.raises(Refused) as refused:
        apply_estate(past_the_board, actor=SYSTEM)

    assert sorted(problem.partition(": ")[0] for problem in refused.value.problems) == [
        "flows.tell",
        "mappings.invoice",
        "normalisations.webhooks-invoice-paid",
    ]
    assert "the board 'Integration board' decides this (promotion)" in refused.value.problems[0]
    assert "Propose it: /integrations/invoices-staging/promote/" in refused.value.problems[0]
    assert live().ordering == "event.number"
    # What is tried next in staging, and what promotion leaves alone, are nobody's to refuse.
    tried = an_estate()
    tried["destinations"]["listener"]["rate_per_second"] = 9.0
    tried["flows"]["tell-staging"]["ordering"] = "event.customer"
    del tried["flows"]["tell"], tried["mappings"]["invoice"], tried["normalisations"]["paid"]
    apply_estate(tried, actor=SYSTEM)
    Board.objects.update(kinds=["replay"])
    apply_estate(past_the_board, actor=SYSTEM)
    assert live().ordering == ""


def test_where_two_could_be_meant_a_person_says_which() -> None:
    document = an_estate()
    document["destinations"]["listener-archive"] = {"instance": "listener"}
    here = begun(document)

    (open_,) = draft(here.staging, here.production, {}).open
    assert (open_.key, open_.among) == (
        "destinations.listener-staging",
        [("listener", "Listener"), ("listener-archive", "Listener archive")],
    )
    with pytest.raises(Invalid, match="Say what stands in Production for the target Listener staging"):
        here.proposed()

    change = here.proposed(chosen={"destinations.listener-staging": "listener-archive"})
    step = change.revision.content["document"]["flows"]["tell"]["steps"][0]
    assert step["destination"] == "listener-archive"


def test_an_answer_that_is_none_of_those_is_no_answer() -> None:
    document = an_estate()
    document["destinations"]["listener-archive"] = {"instance": "listener"}
    here = begun(document)
    chosen = {"destinations.listener-staging": "listener-staging"}
    assert [one.key for one in draft(here.staging, here.production, chosen).open] == ["destinations.listener-staging"]


def test_nobody_sends_a_document_in(here: Here) -> None:
    change = here.proposed(document={"flows": {"tell": {"integration": "invoices", "steps": []}}})
    assert change.revision.content["document"] == draft(here.staging, here.production, {}).document
    with pytest.raises(Invalid, match="no revision of a promotion that was applied"):
        here.proposed(restores=change.revision.pk)


def test_where_there_is_none_yet_it_is_made_and_of_the_same_family() -> None:
    document = an_estate()
    for section, slug in (
        ("integrations", "invoices"),
        ("mappings", "invoice"),
        ("normalisations", "paid"),
        ("flows", "tell"),
    ):
        del document[section][slug]
    document["integrations"]["invoices-staging"].pop("family")
    here = begun(document)
    carried(here.staging, 3)

    apply(here.owner, here.agreed(here.proposed()).pk)

    made = Integration.objects.get(environment=here.production)
    assert (made.slug, made.name, made.team.slug, made.source.slug if made.source else "") == (
        "invoices-production",
        "Invoices staging",
        "finance",
        "webhooks",
    )
    assert made.family == here.staging.family == "invoices-staging"
    assert Route.objects.get(flow__integration=made).interface == made.source


def test_a_name_that_is_anothers_is_not_taken_from_it() -> None:
    document = an_estate()
    for section, slug in (("integrations", "invoices"), ("normalisations", "paid")):
        del document[section][slug]
    other = {"team": "finance"}
    document["integrations"]["other"] = other
    document["mappings"] = {
        "invoice-staging": document["mappings"]["invoice-staging"],
        "invoice-production": {"integration": "other", "lines": {"a": "record.a"}},
    }
    del document["flows"]["tell"]
    here = begun(document)
    with pytest.raises(Conflict, match="The mapping 'invoice-production' would be made there"):
        draft(here.staging, here.production, {})


def test_whoever_may_not_configure_it_does_not_propose_it(here: Here) -> None:
    with pytest.raises(NotAllowed):
        propose(
            here.members[0],
            "promotion",
            subject_of(here.staging, here.production),
            {},
            title="Mine",
            why="I want it.",
        )


def test_what_is_gone_is_said_to_be(here: Here) -> None:
    subject = subject_of(here.staging, here.staging.environment)
    with pytest.raises(NotFound):
        propose(here.owner, "promotion", subject, {}, title="To itself", why="No.")


@pytest.mark.parametrize(
    ("ours", "theirs", "expected"),
    [
        (["a-staging"], ["b"], {"a-staging": "b"}),
        (["a-staging", "b-staging"], ["a", "b"], {"a-staging": "a", "b-staging": "b"}),
        (["a-staging", "b-staging"], ["a-prod", "b-prod"], {"a-staging": "a-prod", "b-staging": "b-prod"}),
        (["a", "b"], ["a-prod", "b-prod"], {"a": "a-prod", "b": "b-prod"}),
        (["a-staging", "c-staging"], ["a-prod"], {"a-staging": "a-prod", "c-staging": "c-prod"}),
        (["a"], [], {"a": "a-prod"}),
        (["order-to-cash"], [], {"order-to-cash": "order-to-cash-prod"}),
        (["pay-staging", "refund-staging"], ["pay"], {"pay-staging": "pay", "refund-staging": "refund-prod"}),
    ],
)
def test_how_things_are_called_there(ours: list[str], theirs: list[str], expected: dict[str, str]) -> None:
    assert named_as(ours, theirs, "staging", "prod") == expected


def test_destinations_stay_in_their_environment(here: Here) -> None:
    carried(here.staging, 1)
    apply(here.owner, here.agreed(here.proposed()).pk)
    named = {step["destination"] for version in FlowVersion.objects.all() for step in version.steps}
    by_flow = {
        version.flow.slug: Destination.objects.get(slug=version.steps[0]["destination"]).instance.environment.slug
        for version in FlowVersion.objects.select_related("flow")
    }
    assert named == {"listener", "listener-staging"}
    assert by_flow == {"tell": "production", "tell-staging": "staging"}
