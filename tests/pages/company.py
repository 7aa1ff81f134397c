"""A company with something on every page, in three sizes: nothing, an estate without traffic, so many of each.

What stands at an address with parameters is said here (``Company.stands_at``), by the route as far as the parameter:
``integrations/<slug:slug>``. A page of a new kind of thing gets its thing here.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db.models.functions import Now
from django.test import override_settings

from controlplane.audit.models import SYSTEM, Actor
from controlplane.audit.services import check_chain
from controlplane.console.imports import keeping as imports
from controlplane.console.imports.described import Described, Document, Door
from controlplane.console.imports.plan import Options
from controlplane.foundation import clock
from controlplane.foundation.ids import uuid7
from controlplane.governance.policies.except_for import except_for
from controlplane.governance.policies.run import run_everything
from controlplane.governance.policies.ship import ship
from controlplane.governance.policies.waive import ask, grant
from controlplane.inventory.changing import change
from controlplane.inventory.identities.merge import merge
from controlplane.inventory.identities.split import split
from controlplane.inventory.models import (
    EntityAttribute,
    EntityKind,
    Environment,
    Identity,
    Integration,
    Interface,
    InterfaceKind,
    Operation,
    ProcessStep,
)
from controlplane.inventory.ownership.decide import decide
from controlplane.inventory.ownership.terms import Terms
from controlplane.people import tokens
from controlplane.people.access import access_for
from controlplane.people.models import Account, Team
from controlplane.people.roles import Role
from controlplane.people.services import THE_SYSTEM
from controlplane.sync.models import SyncException, SyncJob, SyncPage, SyncRun
from controlplane.sync.rules.states import RunKind, RunState
from controlplane.transactions.counting_hours import count_hours
from controlplane.transactions.dead_letters.assign import assign
from controlplane.transactions.dead_letters.note import add_note
from controlplane.transactions.models import (
    DeadLetter,
    Endpoint,
    Export,
    OwnershipBreach,
    PayloadKind,
    Replay,
    SavedView,
    SeenField,
    SeenType,
    Transaction,
)
from controlplane.transactions.models.exports import ExportState
from controlplane.transactions.pipeline.catalogue import catalogue
from controlplane.transactions.replay.request import request_replay
from controlplane.transactions.rules.states import TransactionState
from tests.governance.seats import a_board
from tests.pages.changes import changes
from tests.pages.contracts import of_contracts, released
from tests.transactions.factories import RECORD, Estate, a_destination, a_process, an_account, estate
from tests.transactions.looking import a_drift
from tests.transactions.traffic import a_payload, a_step_run, a_transaction, an_alias, an_identity, paid_invoice, queued

HOUR = timedelta(hours=1)


@dataclass
class Company:
    """Who looks (``oskar`` operates the platform, ``mara`` owns the integrations), and what stands at which address."""

    oskar: Account
    mara: Account | None = None
    stands_at: dict[str, object] = field(default_factory=dict)


def company(many: int | None) -> Company:
    """``many`` of everything; 0: an estate that has carried nothing yet; None: a fresh installation."""
    catalogue.forget()
    made = Company(an_account("Oskar Lind", Role.OPERATOR))
    if many is None:
        return made
    here = estate(erp_connector="webhook")
    made.mara = an_account("Mara Lindqvist", Role.OWNER, here.team)
    made.stands_at = {
        "integrations/<slug:slug>": here.integration.slug,
        "integrations/<slug:integration>": here.integration.slug,
        "integrations/systems/<slug:slug>": here.source.system.slug,
        "integrations/processes/<slug:slug>": "order-to-cash",
        "tx/destinations/<slug:slug>": here.to_erp.slug,
        "welcome/<slug:slug>": _connected_by_form(here).slug,
        "count/<slug:letter>": "t",
        "integrations/apis/<slug:slug>": here.interface.slug,
        "data/entities/<slug:slug>": "customer",
        "data/contracts/<slug:slug>": here.contract.slug,
        "integrations/<slug:slug>/decide/<slug:name>": "timing",
        "changes/new/<slug:kind>": "flow",
    }
    _a_job(here, made)
    _owned(here, made, many)
    _policies(here, made, many)
    if many:
        _more_of_the_estate(here, many)
        _another_environment(here, made, many)
        _traffic(here, made, many)
        _dead_letters(made, many)
        _replays(here, made, many)
        _runs(here, made, many)
        _of_one_person(here, made, many)
        _described(here, made, many)
        _identities(here, made, many)
        made.stands_at |= of_contracts(here, made.mara, many, made.stands_at["tx/<uuid:identifier>"])
        count_hours()
    return made


def _owned(here: Estate, made: Company, many: int) -> None:
    """Attributes with owners, a steward and none, and writes without the right to them."""
    operator, customer = access_for(made.oskar), EntityKind.objects.get(slug="customer")
    paths = ("/name", "/email", "/phone", "/tax_id", "/segment", "/language", "/country", "/status", "/since")
    for path in paths[:many]:
        attribute = EntityAttribute.objects.get(entity=customer, pointer=path)
        steward = made.oskar.email if path != "/email" else ""
        terms = Terms("webhook", readers=("stripe",), survivorship="record", steward=steward)
        decide(operator, customer, attribute, terms, "As agreed with the ledger.")
        OwnershipBreach.objects.create(
            id=uuid7(),
            entity=customer,
            path=attribute.path,
            system=here.source.system,
            record=here.erp.system,
            transaction_id=uuid7(),
            step_run_id=uuid7(),
            integration=here.integration,
            destination=here.to_erp,
            blocked=path == "/email",
        )


def _connected_by_form(here: Estate) -> Endpoint:
    """The door of a sender without a system of its own, such as the first page makes."""
    door = Interface.objects.create(
        slug="web-shop", instance=here.notifier, kind=InterfaceKind.WEBHOOK, name="Web shop"
    )
    return Endpoint.objects.create(
        slug="web-shop",
        name="Web shop",
        integration=here.integration,
        interface=door,
        scheme="standard_webhooks",
        secrets=["file://web-shop"],
    )


def _more_of_the_estate(here: Estate, many: int) -> None:
    for number in range(many):
        part = Integration.objects.create(
            slug=f"part-{number}",
            name=f"Part {number}",
            team=Team.objects.create(slug=f"team-{number}", name=f"Team {number}"),
            process=a_process(f"process-{number % 4}"),
            environment=here.environment,
            source=here.interface,
        )
        a_destination(f"target-{number}", here.notifier)
        SyncJob.objects.create(**_job_fields(here, f"job-{number}") | {"integration": part})


def _policies(here: Estate, made: Company, many: int) -> None:
    """What came with Interlock, an exception, a waiver that waits and one that holds; the estate judged by it."""
    assert made.mara is not None
    owner, board = access_for(made.mara), access_for(an_account("Jonas Weber", Role.BOARD))
    ship()
    until = clock.now().date() + timedelta(days=30)
    except_for(board, "retention-set", "team", here.team.slug, "block", "Invoices are kept for ten years.")
    waiver = ask(owner, "owner-and-deputy", "integration", here.integration.slug, "Ana begins in March.", until)
    for number in range(many):
        name = f"waived-{number}"
        Integration.objects.create(slug=name, name=name.title(), team=here.team, environment=here.environment)
        grant(board, ask(owner, "owner-and-deputy", "integration", name, "It ends in March.", until).pk)
    run_everything()
    made.stands_at |= {"access/policies/<slug:slug>": "owner-and-deputy", "access/waivers/<int:pk>": waiver.pk}


def _another_environment(here: Estate, made: Company, many: int) -> None:
    """The same elsewhere, so that every page offers the choice; and a record that people have changed."""
    staging = Environment.objects.create(slug="staging", name="Staging")
    Integration.objects.create(
        family="ledger",
        slug="trial",
        name="Trial",
        team=here.team,
        environment=staging,
        source=here.interface,
        process=a_process("order-to-cash"),
    )
    made.stands_at["integrations/<slug:slug>/against/<slug:other>"] = "trial"
    architect = Actor(label="architect")
    steps = [{"slug": f"step-{number}", "name": f"Step {number}"} for number in range(many)]
    change(a_process("order-to-cash"), {"steps": steps}, by=architect, reason="It has these.")
    modes = {f"mode-{number}": {"name": f"Failure {number}"} for number in range(many)}
    said = {"family": "ledger", "failure_modes": modes, "steps": ProcessStep.objects.all(), "targets": [here.interface]}
    change(here.integration, said, by=architect, reason="It was asked for.")
    for number in range(many):
        change(here.source.system, {"purpose": f"Pays, {number}."}, by=architect, reason="Better.")


def _traffic(here: Estate, made: Company, many: int) -> None:
    """Invoices that arrived, failed for as many causes, wait, run, and are held back."""
    now = clock.now()
    an_identity("customer", now, {here.source: ["cus_old", "cus_R7v2"], here.erp: ["8841"]})
    for number in range(many):
        # Each a while before the next, so that the newest is always the same one.
        failed_at, closed_at, queued_at, held_at, done_at = (
            now - timedelta(minutes=3 * number + 2, seconds=20 * place) for place in range(5)
        )
        record = {**RECORD, "id": f"in_{number}", "number": f"INV-{number:04d}"}
        paid_invoice(here, at=done_at, record=record)
        paid_invoice(here, at=failed_at, record=record, fails_at="invoice", tries=2)
        reason, error = f"The ledger of line {number} is closed.", f"rejected.closed_{number}"
        paid_invoice(here, at=closed_at, record=record, fails_at="invoice", reason=reason, error_class=error)
        running = a_transaction(here, at=queued_at, state=TransactionState.RUNNING, keys={"customer": "cus_R7v2"})
        queued(a_step_run(running, here, "party"), now)
        held = a_transaction(here, at=held_at, state=TransactionState.QUARANTINED, reason="total: 12 is no text")
        a_payload(held, PayloadKind.RECEIVED, {"type": "invoice.paid", "total": 12}, id=held.event_id)
    failed = Transaction.objects.filter(state=TransactionState.DEAD).latest("id")
    made.stands_at |= {
        "tx/<uuid:identifier>": failed.pk,
        "tx/<uuid:identifier>/release/": held.pk,
        "tx/<uuid:identifier>/release/edit/": held.pk,
        "tx/releases/of/<int:version_id>": here.contract_version.pk,
        "tx/releases/<int:pk>": released(here, made.oskar.person, many).pk,
    }


def _described(here: Estate, made: Company, many: int) -> None:
    """Operations of the interface, a document that somebody looks at, and what was discovered in traffic."""
    access = access_for(made.oskar)
    described = [Described(f"GET /{n}", f"get{n}", "get", f"/{n}") for n in range(many)]
    Operation.objects.bulk_create(
        Operation(interface=here.interface, key=one.key, name=one.name, action=one.action, address=one.address)
        for one in described
    )
    document = Document("OpenAPI 3.1.0", [Door("rest", "Orders", "", "1", "", described)], {}, ["Left out."])
    options = Options(here.source.slug)
    draft = imports.keep(access, "openapi", document, "orders.json", options, here.environment.slug)
    now = clock.now()
    for number in range(many):
        row = SeenType.objects.create(
            interface=here.interface,
            event_type=f"invoice.seen_{number}",
            samples=25,
            hour=now,
            first_seen=now,
            last_seen=now,
        )
        SeenField.objects.create(seen_type=row, pointer="/id", kinds=["string"], seen=25, first_seen=now, last_seen=now)
        drift = a_drift(here, pointer=f"/new_{number}", examples=[str(uuid7()) for _ in range(number + 1)])
    made.stands_at |= {
        "integrations/apis/import/<uuid:identifier>": draft.pk,
        "integrations/discovered/<slug:kind>": "drift",
        "integrations/discovered/<slug:kind>/<int:key>": drift.pk,
    }


def _identities(here: Estate, made: Company, many: int) -> None:
    """A customer who was joined from many, and others who were not."""
    assert made.mara is not None
    owner, now = access_for(made.mara), clock.now()
    known = Identity.objects.get(aliases__value="cus_R7v2")
    for number in range(many):
        met = {here.notifier: [f"K-{number}"]} if number == 0 else {here.notifier: [f"K-{number}", f"L-{number}"]}
        other = an_identity("customer", now - number * HOUR, met)
        if number == 0:
            last = merge(owner, stays=known.pk, goes=other.pk, reason="The same tax id.")
    for number in range(many - 1):
        spare = an_alias(known, here.notifier, f"S-{number}")
        split(owner, known.pk, [spare.pk], f"Another branch, {number}.")
    made.stands_at |= {
        "data/identities/<uuid:identifier>": known.pk,
        "data/identities/changes/<int:pk>": last.pk,
    }


def _dead_letters(made: Company, many: int) -> None:
    """The cause that most share is taken in hand, with notes."""
    assert made.mara is not None
    letters = list(DeadLetter.objects.filter(error_class="rejected.tax_id_invalid").order_by("step_run_id"))
    cause = letters[0].fingerprint
    owner = access_for(made.mara)
    assign(owner, causes=[cause], letters=[], to=f"person:{made.mara.person_id}")
    for number in range(many):
        add_note(owner, cause, f"Asked the customer's accountant, {number}.\nExpected on Tuesday.")
    made.stands_at |= {"tx/dead/<uuid:fingerprint>": cause, "tx/dead/letters/<uuid:step_run_id>": letters[0].pk}


def _replays(here: Estate, made: Company, many: int) -> None:
    """Some that ran, and one that waits for a second person."""
    assert made.mara is not None
    owner = access_for(made.mara)
    for number in range(many):
        Replay.objects.create(
            team=here.team, requested_by=made.mara.person, reason=f"The ledger is back, {number}.", total=0
        )
    board = a_board(made.oskar)
    with override_settings(REPLAY_APPROVAL_ITEMS=0):
        asked = request_replay(owner, step_run_ids=_open_letters(), reason="The ERP takes spaces since this morning.")
    made.stands_at["tx/replays/<int:pk>"] = asked.pk
    made.stands_at |= changes(here, access_for(made.mara), access_for(made.oskar), board, asked, many)


def _open_letters() -> list[UUID]:
    letters = DeadLetter.objects.filter(error_class="rejected.tax_id_invalid").order_by("step_run_id")
    return list(letters.values_list("step_run_id", flat=True))


def _a_job(here: Estate, made: Company) -> SyncJob:
    job = SyncJob.objects.create(**_job_fields(here, "parties"))
    made.stands_at["integrations/<slug:integration>/jobs/<slug:job>"] = job.slug
    return job


def _job_fields(here: Estate, slug: str) -> dict[str, Any]:
    return {
        "slug": slug,
        "name": slug.title(),
        "integration": here.integration,
        "interface": here.interface,
        "stream": "party",
        "event_type": "party.changed",
        "schedule": "cron",
        "cron": "0 2 * * *",
    }


def _runs(here: Estate, made: Company, many: int) -> None:
    """Nightly runs, each with a page for every one of ``many`` and as many records that did not get through."""
    now = clock.now()
    job = SyncJob.objects.get(slug="parties")
    for night in range(many):
        began = now - timedelta(days=many - night)
        run = SyncRun.objects.create(
            job=job,
            slot=began,
            kind=RunKind.SCHEDULED,
            state=RunState.DONE,
            started_at=began,
            read_at=began + HOUR,
            finished_at=began + HOUR,
            settled_at=began + HOUR,
            pages=many,
            settled_page=many,
            read=3 * many,
            changed=2 * many,
            rejected=many,
        )
        for number in range(1, many + 1):
            counts = {"read": 3, "changed": 2, "unchanged": 0, "deleted": 0, "echo": 0, "rejected": 1}
            at = began + number * timedelta(minutes=1)
            SyncPage.objects.create(run=run, number=number, cursor={"after": number}, ms=400, at=at, **counts)
            cause = f"No name in line {number}"
            SyncException.objects.create(run=run, page=number, key=f"C-{number}", cause=cause, at=at)
    made.stands_at["integrations/<slug:integration>/jobs/<slug:job>/runs/<int:run>"] = run.pk


def _of_one_person(here: Estate, made: Company, many: int) -> None:
    """What belongs to the person who looks: files, tokens, saved searches; and a checked record of all of it."""
    oskar = access_for(made.oskar)
    for number in range(many):
        asked = {"requested_by": made.oskar.person, "account": made.oskar, "asked_at": clock.now(), "due_at": Now()}
        Export.objects.create(**asked, state=ExportState.DONE, rows=27, size=4_000, finished_at=clock.now())
        token, _ = tokens.issue(oskar, f"Night shift {number}", Role.OPERATOR, None, 30, by=THE_SYSTEM)
        view = SavedView.objects.create(person=made.oskar.person, name=f"Failed {number}", query="status:dead")
    check_chain(by=SYSTEM)
    made.stands_at |= {"tx/views/<int:pk>": view.pk, "access/tokens/<uuid:identifier>": token.pk}
