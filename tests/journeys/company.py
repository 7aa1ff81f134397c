"""A company of real systems, and what its people and its plane do in a journey."""

from __future__ import annotations

from dataclasses import dataclass

from controlplane.people.roles import Role
from controlplane.sync.models import SyncJob, SyncRun
from controlplane.sync.runs.claim import claim
from controlplane.sync.runs.read import run_pages
from controlplane.sync.runs.start import start
from controlplane.transactions.models import Inbox, StepQueue, Transaction, TransactionKey
from controlplane.transactions.rules.states import TransactionState
from tests.journeys.plant import Plant, wait
from tests.peers.receiver import Receiver
from tests.peers.rig import Localstripe, PaidInvoice, Tryton
from tests.transactions.factories import an_access

SECRET = "whsec_journey"


@dataclass
class Company:
    """The three systems and the plane between them."""

    plant: Plant
    billing: Localstripe
    erp: Tryton
    listener: Receiver

    def pay(self) -> PaidInvoice:
        """A new customer pays an invoice."""
        customer = self.billing.customer(name="Brandt Messtechnik GmbH", email="office@brandt-mt.example")
        return self.billing.paid_invoice(customer)

    def transaction(self, invoice: PaidInvoice) -> Transaction:
        """The transaction of a paid invoice, by its number, as soon as it is there."""
        key = wait(
            lambda: TransactionKey.objects.filter(kind__slug="invoice", value=invoice.id).first(),
            "the paid invoice became a transaction",
        )
        return Transaction.objects.get(pk=key.transaction_id)

    def ended(self, invoice: PaidInvoice) -> Transaction:
        """The transaction once it has ended."""
        wait(
            lambda: self.transaction(invoice).state not in {TransactionState.RUNNING, TransactionState.WAITING},
            "the transaction has ended",
        )
        return self.transaction(invoice)

    def quiet(self) -> None:
        """Wait until nothing is under way: the inbox and the queue are empty."""
        wait(lambda: not Inbox.objects.exists() and not StepQueue.objects.exists(), "everything has come to rest")

    def sync(self, slug: str = "parties") -> SyncRun:
        """Somebody starts a job; the run once it has read everything and all has settled."""
        job = SyncJob.objects.get(slug=slug)
        access = an_access(Role.OWNER, job.integration.team, name=f"Owner {SyncRun.objects.count()}")
        run = start(job, access, reason="Told in a journey")
        claimed = claim("journey")
        assert claimed is not None
        run_pages(claimed)
        self.quiet()
        run.refresh_from_db()
        return run
