"""The traffic."""

from django.apps import AppConfig

from controlplane.foundation import partitions


class TransactionsConfig(AppConfig):
    """Ingress, pipeline, search, dead letters and replay."""

    name = "controlplane.transactions"
    label = "transactions"

    def ready(self) -> None:
        """Name tables kept in weekly partitions, and what policies know, boards decide on and concerns one person."""
        from controlplane.foundation.registries import evidence, panels, subjects
        from controlplane.people import notices
        from controlplane.transactions import facts
        from controlplane.transactions.agreements import answering
        from controlplane.transactions.notices import contracts, dead_letters, destinations, drifts, exports, replays
        from controlplane.transactions.replay.governed import KIND, LARGE_REPLAY
        from controlplane.transactions.rules.retention import KEEP, KEEP_TRANSACTIONS
        from controlplane.transactions.shadow.run import EVIDENCE

        for table in ("transaction", "transaction_key"):
            partitions.register(table, keep=KEEP_TRANSACTIONS)
        for table in ("step_run", "attempt", "trace"):
            partitions.register(table, keep=KEEP_TRANSACTIONS, by_id=True)
        # As long as any body: whose it is has to be known for as long as there is something to erase.
        partitions.register("payload_subject", keep=max(KEEP.values()), by_id=True)
        for retention, keep in KEEP.items():
            partitions.register(f"payload_{retention.name.lower()}", keep=keep, by_id=True)
        evidence.register("facts.endpoint", facts.ENDPOINTS)
        evidence.register("facts.destination", facts.DESTINATIONS)
        evidence.register("facts.flow", facts.FLOWS)
        evidence.register("facts.integration.transactions", facts.OF_INTEGRATIONS)
        subjects.register(KIND, LARGE_REPLAY)
        answering.register()
        panels.register(f"check.{EVIDENCE}", "transactions:shadow")
        notices.sources.register("dead-letters", dead_letters.SOURCE)
        notices.sources.register("replays-ended", replays.ENDED)
        notices.sources.register("exports", exports.SOURCE)
        notices.sources.register("destinations", destinations.SOURCE)
        notices.sources.register("contract-versions", contracts.SOURCE)
        notices.sources.register("drifts", drifts.SOURCE)
