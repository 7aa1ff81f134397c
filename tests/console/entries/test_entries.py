"""Every section that can be proposed: what the board reads of it, who is touched, and what is kept of a document."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from controlplane.audit.models import SYSTEM, Actor, AuditRecord, Subject
from controlplane.console.entries.kind import KINDS
from controlplane.console.entries.sorts import SORTS
from controlplane.console.entries.standing import standing
from controlplane.console.estate.apply import apply as apply_estate
from controlplane.console.estate.export import export
from controlplane.console.estate.problems import Refused
from controlplane.credentials.models import Credential
from controlplane.foundation.errors import Conflict, Invalid, NotAllowed, NotFound
from controlplane.governance.changes.apply import apply
from controlplane.governance.changes.check import run_checks
from controlplane.governance.changes.revise import revise
from controlplane.governance.changes.rollback import rollback
from controlplane.governance.models import Board, ChangeRequest, ChangeState
from controlplane.inventory.models import Instance, Integration
from controlplane.people.models import Team
from controlplane.people.roles import Role
from controlplane.transactions.models import Destination, Mapping, MappingVersion, Normalisation
from tests.console.entries.deciding import Deciding, deciding, differences, said
from tests.console.estate.conftest import small
from tests.transactions.factories import a_team, an_access

pytestmark = pytest.mark.django_db

#: One entry of each section, what is said otherwise, and what the board reads first.
CHANGED: list[tuple[str, str, dict[str, Any], tuple[str, str, str, str]]] = [
    ("integration", "invoices", {"runbook": "https://wiki.example"}, ("safe", "runbook", "", "https://wiki.example")),
    ("integration", "invoices", {"stage": "deprecated"}, ("risky", "stage", "live", "deprecated")),
    ("endpoint", "billing", {"active": False}, ("breaking", "active", "true", "false")),
    ("flow", "tell", {"ordering": "event.number"}, ("risky", "ordering", "", "event.number")),
    ("mapping", "canonical", {"lines": {"id": "record.id"}}, ("breaking", "lines.number", "record.id", "")),
    (
        "normalisation",
        "webhooks-invoice-paid",
        {"canonical_type": "paid"},
        ("breaking", "canonical_type", "", "paid"),
    ),
    ("destination", "listener", {"deadline": 60.0}, ("safe", "deadline", "30.0", "60.0")),
    ("destination", "listener", {"max_in_flight": 8}, ("risky", "max_in_flight", "64", "8")),
    (
        "instance",
        "listener",
        {"base_url": "https://other.example"},
        ("breaking", "base_url", "https://listener.example", "https://other.example"),
    ),
    (
        "credential",
        "billing",
        {"references": {"api_key": "env://NEW_KEY"}},
        ("risky", "references.api_key", "env://KEY", "env://NEW_KEY"),
    ),
]


@pytest.fixture
def here() -> Deciding:
    """A small estate of the team Finance, whose entries a board decides on."""
    apply_estate(small(), actor=SYSTEM)
    return deciding(Team.objects.get(slug="finance"))


@pytest.mark.parametrize(("kind", "slug", "more", "first"), CHANGED, ids=lambda one: str(one)[:30])
def test_an_entry_is_proposed_applied_and_taken_back(
    here: Deciding, kind: str, slug: str, more: dict[str, Any], first: tuple[str, str, str, str]
) -> None:
    before = export().document
    if kind in {"instance", "credential", "destination"}:
        # They belong to a system, and to no team here.
        here.owner = an_access(Role.OPERATOR, None, name="Operator")
    entry = said(kind, slug, **more)
    change = here.proposed(kind, slug, entry)

    assert differences(change)[0] == first
    assert (change.kind, change.subject_kind, change.environment) == (kind, kind, "production")
    assert export().document == before

    apply(here.owner, here.agreed(change).pk)
    now = standing(SORTS[kind], slug)
    assert now is not None
    assert {name: now.get(name) for name in more} == more

    back = rollback(here.owner, change.pk, why="It was better before.")
    run_checks(back.revision)
    apply(here.owner, here.agreed(back).pk)
    assert export().document == before
    change.refresh_from_db()
    assert change.state == ChangeState.ROLLED_BACK


@pytest.mark.parametrize("kind", SORTS)
def test_every_kind_has_a_sentence_for_people_and_a_page(kind: str) -> None:
    assert SORTS[kind].means.endswith(".")
    assert KINDS[kind].label
    begins = KINDS[kind].form_url
    assert begins is not None
    assert begins() == f"/changes/new/{kind}/"


@pytest.mark.parametrize("kind", SORTS)
def test_what_is_no_entry_is_refused_and_says_why(here: Deciding, kind: str) -> None:
    operator = an_access(Role.OPERATOR, None, name="Operator")
    for content in ({}, {"entry": ["x"]}, {"entry": "x"}, {"entry": {}, "more": 1}, {"entry": {"colour": "red"}}):
        with pytest.raises(Invalid):
            KINDS[kind].validate(Subject(kind, "new-one"), content)
    for slug in ("a b/c", "nul\0", "\ud800", "x" * 500, ""):
        with pytest.raises(Invalid):
            here.proposed(kind, slug, {"name": "X"}, by=operator)
    with pytest.raises(NotFound):
        KINDS[kind].describe(Subject(kind, "nobody"))
    assert not ChangeRequest.objects.exists()


def test_a_new_mapping_version_is_taken_up_by_the_events_that_are_mapped_by_it(here: Deciding) -> None:
    entry = said("mapping", "canonical", lines={"number": "record.id", "paid": "record.paid"})
    change = here.applied("mapping", "canonical", entry)
    newest = MappingVersion.objects.get(mapping__slug="canonical", number=2)
    assert Normalisation.objects.get().mapping_version == newest
    record = AuditRecord.objects.get(action="mapping.taken_up")
    assert record.details == {"version": 2, "events": 1}
    assert change.reference in record.reason


def test_who_works_by_it_is_read(here: Deciding) -> None:
    operator = an_access(Role.OPERATOR, None, name="Operator")
    change = here.proposed("destination", "listener", said("destination", "listener", deadline=5.0), by=operator)
    (affected,) = change.revision.impact["affected"]
    assert (affected["name"], affected["use"], affected["owner"]) == ("Invoices", "writes there by Tell", "Finance")
    mapped = here.proposed("mapping", "canonical", said("mapping", "canonical", lines={"number": "record.number"}))
    assert mapped.revision.impact["affected"][0]["use"] == "owns the mapping, starts with invoice.paid"


def test_what_was_new_and_cannot_rest_is_not_taken_back(here: Deciding) -> None:
    change = here.applied("mapping", "other", {"integration": "invoices", "lines": {"id": "record.id"}})
    with pytest.raises(Conflict, match="was new, and what is new is not deleted"):
        rollback(here.owner, change.pk, why="Nobody needs it.")


def test_a_new_integration_taken_back_is_retired(here: Deciding) -> None:
    change = here.applied("integration", "refunds", {"team": "finance", "purpose": "Tells of refunds."})
    assert Integration.objects.get(slug="refunds").stage == "live"
    back = rollback(here.owner, change.pk, why="Another team does it.")
    run_checks(back.revision)
    apply(here.owner, here.agreed(back).pk)
    assert Integration.objects.get(slug="refunds").stage == "retired"


def test_half_of_a_rollback_is_none(here: Deciding) -> None:
    operator = here.owner = an_access(Role.OPERATOR, None, name="Operator")
    change = here.applied("destination", "listener", said("destination", "listener", rate_per_second=2.0))
    with pytest.raises(Conflict, match="It had no rate_per_second before"):
        rollback(operator, change.pk, why="Faster again.")
    dated = here.applied("credential", "billing", said("credential", "billing", expires_at="2027-01-31T12:00:00+00:00"))
    assert Credential.objects.get(slug="billing").expires_at == datetime(2027, 1, 31, 12, tzinfo=UTC)
    with pytest.raises(Conflict, match="It had no expires_at before"):
        rollback(operator, dated.pk, why="It does not.")


def test_another_team_proposes_nothing_of_it_and_takes_nothing_over(here: Deciding) -> None:
    outsider = an_access(Role.OWNER, a_team("others"), name="Outsider")
    apply_estate({"integrations": {"theirs": {"team": "others"}}}, actor=SYSTEM, decided_by="integration")
    for entry in (said("flow", "tell", ordering="event.number"), said("flow", "tell", integration="theirs")):
        with pytest.raises(NotAllowed):
            here.proposed("flow", "tell", entry, by=outsider)
    own = here.proposed("flow", "mine", said("flow", "tell", integration="theirs"), by=outsider)
    with pytest.raises(Invalid, match="another team's"):
        revise(outsider, own.pk, {"entry": said("flow", "tell")}, after=1)


def test_a_name_without_a_version_belongs_to_its_owner_all_the_same(here: Deciding) -> None:
    Mapping.objects.create(slug="bare", name="Bare", integration=Integration.objects.get())
    outsider = an_access(Role.OWNER, a_team("others"), name="Outsider")
    apply_estate({"integrations": {"theirs": {"team": "others"}}}, actor=SYSTEM, decided_by="integration")
    with pytest.raises(NotAllowed):
        here.proposed("mapping", "bare", {"integration": "theirs", "lines": {"id": "record.id"}}, by=outsider)


# -- documents ------------------------------------------------------------------------------------


def refused(document: dict[str, Any], **options: Any) -> list[str]:
    """Where a document is refused because a board decides."""
    with pytest.raises(Refused) as found:
        apply_estate(document, actor=Actor(label="operator"), **options)
    assert all("the board 'Integration board' decides this" in one for one in found.value.problems)
    return sorted(one.partition(": ")[0] for one in found.value.problems)


def everything() -> dict[str, Any]:
    """The small estate, with every governed section said otherwise."""
    document = small()
    document["integrations"]["invoices"]["purpose"] = "Tells of invoices."
    document["instances"]["listener"]["base_url"] = "https://other.example"
    document["credentials"]["billing"]["references"] = {"api_key": "env://OTHER"}
    document["mappings"]["canonical"]["lines"] = {"number": "record.number"}
    document["endpoints"]["billing"]["max_body"] = 1000
    document["normalisations"]["paid"]["canonical_type"] = "paid"
    document["destinations"]["listener"]["deadline"] = 5.0
    document["flows"]["tell"]["ordering"] = "event.number"
    return document


def test_documents_change_nothing_of_what_a_board_decides(here: Deciding) -> None:
    before = export().document
    assert refused(everything()) == [
        "credentials.billing",
        "destinations.listener",
        "endpoints.billing",
        "flows.tell",
        "instances.listener",
        "integrations.invoices",
        "mappings.canonical",
        "normalisations.paid",
    ]
    assert export().document == before
    # What says the same is nobody's to refuse.
    assert apply_estate(small(), actor=SYSTEM).changed == []


def test_a_board_of_every_kind_decides_on_what_is_proposed_and_leaves_documents_alone(here: Deciding) -> None:
    Board.objects.update(kinds=["*"])
    change = here.proposed("flow", "tell", said("flow", "tell", ordering="event.id"))
    assert change.board == here.board
    apply_estate(everything(), actor=SYSTEM)
    assert Destination.objects.get().deadline == 5.0


def test_only_governed_environments_are_governed(here: Deciding, settings: Any) -> None:
    settings.GOVERNED_ENVIRONMENTS = ["staging"]
    apply_estate(everything(), actor=SYSTEM)
    # Nor is one taken out of a governed environment, or made in one, by a document.
    settings.GOVERNED_ENVIRONMENTS = ["production"]
    moved: dict[str, Any] = {"environments": {"staging": {}}, "integrations": {"invoices": {"team": "finance"}}}
    moved["integrations"]["invoices"]["environment"] = "staging"
    assert refused(moved) == ["integrations.invoices"]
    assert Integration.objects.get(slug="invoices").environment.slug == "production"
    tried = small()
    new: dict[str, Any] = {
        "environments": {"staging": {}},
        "integrations": {"tried": {"team": "finance", "environment": "staging"}},
        "flows": {"tried": tried["flows"]["tell"] | {"integration": "tried"}},
    }
    apply_estate(new, actor=SYSTEM)
    new["flows"]["again"] = tried["flows"]["tell"]
    assert refused(new) == ["flows.again"]
    with pytest.raises(Refused):
        apply_estate(new, actor=SYSTEM, dry_run=True)


def test_a_kind_that_its_board_does_not_name_is_changed_by_documents(here: Deciding) -> None:
    Board.objects.update(kinds=["flow"])
    assert refused(everything()) == ["flows.tell"]
    document = everything()
    document["flows"] = {}
    apply_estate(document, actor=SYSTEM)
    assert Instance.objects.get(slug="listener").base_url == "https://other.example"
