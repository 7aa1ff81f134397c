"""The API keeps what its document promises, whatever is sent: no 5xx, no status or shape that is not documented.

Requests are made up from the document, half of them broken on purpose; ids are those of a real story half of the time.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from django.core.wsgi import get_wsgi_application
from hypothesis import HealthCheck, Phase, given, settings, strategies
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from controlplane.audit.models import Subject
from controlplane.console.reference.document import document
from controlplane.contracts.consumers.declare import Uses, declare
from controlplane.foundation import clock
from controlplane.foundation.ids import uuid7
from controlplane.governance.changes.comment import comment
from controlplane.governance.changes.propose import propose
from controlplane.governance.changes.vote import Asked, vote
from controlplane.governance.models import Board, ChangeRequest, Choice, Condition
from controlplane.governance.policies.ship import ship
from controlplane.inventory.identities.merge import merge
from controlplane.people.access import Access, access_for
from controlplane.people.models import Account
from controlplane.people.roles import Role
from controlplane.transactions.models import DeadLetter, Release, ReleaseItem
from controlplane.transactions.replay.request import request_replay
from controlplane.transactions.saved_views.save import save
from tests.governance import names
from tests.governance.seats import a_board
from tests.people.rest.asking import a_program
from tests.transactions.factories import Estate, an_account
from tests.transactions.looking import a_drift
from tests.transactions.rest.asking import fresh_estate, one_connection
from tests.transactions.traffic import an_identity
from tests.transactions.views.reading import told

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
OPERATIONS = [(path, method.upper()) for path, methods in document()["paths"].items() for method in methods]
MODES = (schemathesis.GenerationMode.POSITIVE, schemathesis.GenerationMode.NEGATIVE)


@pytest.fixture
def here(db: None) -> Iterator[Estate]:
    with fresh_estate() as made:
        yield made


@pytest.fixture(autouse=True)
def _one_connection() -> Iterator[None]:
    """Requests share the test's transaction: none of them closes its connection, as in Django's own client."""
    with one_connection():
        yield


@pytest.fixture
def elif_kaya(here: Estate) -> Account:
    return an_account("Elif Kaya", Role.OWNER, here.team)


@pytest.fixture
def known(here: Estate, elif_kaya: Account) -> dict[str, Any]:
    """Path parameters that lead to something."""
    ship()
    first, second = told(here, 9, fails_at="invoice"), told(here, 5, fails_at="invoice")
    run = first.runs["invoice"].id
    access = access_for(elif_kaya)
    replay = request_replay(access, step_run_ids=[second.runs["invoice"].id], reason="The ledger is back.")
    proposed = _a_change(access, here)
    return {
        "change_id": proposed.pk,
        "comment_id": comment(access, proposed.pk, "Does the ledger know?").pk,
        "condition_id": Condition.objects.get().pk,
        "board": proposed.board.slug,
        "identifier": str(first.transaction.id),
        "name": "invoice",
        "fingerprint": str(DeadLetter.objects.get(pk=run).fingerprint),
        "step_run_id": str(run),
        "replay_id": replay.pk,
        "slug": here.to_erp.slug,
        "policy": "owner-and-deputy",
        "contract": here.contract.slug,
        "number": here.contract_version.number,
        "other": here.contract_version.number,
        "content_hash": here.contract_version.content_hash,
        "drift_id": a_drift(here, examples=[str(first.transaction.id)]).pk,
        "release_id": _released(here, elif_kaya).pk,
        "view_id": save(access, "Failed", "status:dead", None, clock.now()).pk,
        **_asked(access, here),
        **_merged(here, access),
    }


def _asked(access: Access, here: Estate) -> dict[str, Any]:
    """A consumer that is declared, and asked about a change of the contract."""
    Board.objects.create(slug="contracts", name="Contract board", kinds=["contract"], quorum=1)
    declared = declare(access, here.contract, Uses(), name="Warehouse", team=here.team)
    subject, content = Subject("contract", here.contract.slug), {"schema": {"type": "array"}, "breaks": "Lists."}
    propose(access, "contract", subject, content, title="Lists", why="Many at once.")
    return {"consumer_id": declared.pk, "confirmation_id": declared.confirmations.get().pk}


def _released(here: Estate, by: Account) -> Release:
    """One that waits for its only event."""
    asked = {"team": here.team, "requested_by": by.person, "reason": "Taken back.", "version": here.contract_version}
    made = Release.objects.create(**asked, total=1)
    ReleaseItem.objects.create(release=made, transaction_id=uuid7())
    return made


def _merged(here: Estate, access: Access) -> dict[str, Any]:
    """A customer whom two systems know, joined from two."""
    stays = an_identity("customer", clock.now(), {here.source: ["cus_R7v2"]})
    goes = an_identity("customer", clock.now(), {here.erp: ["8841"]})
    change = merge(access, stays=stays.pk, goes=goes.pk, reason="Same tax id.")
    return {"identity_id": str(stays.pk), "change_id": change.pk}


def _a_change(access: Access, here: Estate) -> ChangeRequest:
    """One that somebody else has agreed to, with a condition."""
    names.register()
    jonas = access_for(an_account("Jonas Weber", Role.BOARD))
    a_board(jonas, quorum=2, kinds=[names.KIND])
    subject = Subject("team", here.team.slug)
    change = propose(
        access, names.KIND, subject, {"name": "Invoicing"}, title="Call it Invoicing", why="Nobody finds us."
    )
    now = change.revision
    asked = [Asked("Tell the auditors.")]
    return vote(
        jonas,
        change.pk,
        Choice.APPROVE,
        revision=now.number,
        content_hash=now.content_hash,
        conditions=asked,
    )


@pytest.mark.parametrize("examples", [pytest.param(3), pytest.param(25, marks=pytest.mark.peers)])
@pytest.mark.parametrize(("path", "method"), OPERATIONS)
@pytest.mark.filterwarnings("default")  # the generator's own
def test_an_operation_answers_as_documented(
    here: Estate, elif_kaya: Account, known: dict[str, Any], path: str, method: str, examples: int, settings: Any
) -> None:
    settings.API_RATE = 0
    program = a_program(elif_kaya, Role.OWNER, here.team)
    schema = schemathesis.openapi.from_dict(document())
    schema.app = get_wsgi_application()
    operation = schema[path][method]
    for mode in MODES:
        _try(operation.as_strategy(generation_mode=mode), known, program.secret, examples)


def _try(cases: Any, known: dict[str, Any], secret: str, examples: int) -> None:
    @settings(
        max_examples=examples,
        database=None,
        deadline=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=cases, is_known=strategies.booleans())
    def check(case: Any, is_known: bool) -> None:
        if is_known:
            case.path_parameters = {name: known[name] for name in case.path_parameters or {}}
        answer = case.call(headers={"Authorization": f"Bearer {secret}"})
        case.validate_response(answer, checks=CHECKS)

    check()
