"""The traffic."""

from django.apps import AppConfig

from controlplane.foundation import partitions


class TransactionsConfig(AppConfig):
    """Ingress, pipeline, search, dead letters and replay."""

    name = "controlplane.transactions"
    label = "transactions"

    def ready(self) -> None:
        """Name tables kept in weekly partitions, and what policies know, boards decide on and concerns one person."""
        from controlplane.contracts.lifecycle.evidence import failures, impacts, payloads, taking_up, users
        from controlplane.foundation.registries import evidence, subjects
        from controlplane.people import notices
        from controlplane.transactions import facts
        from controlplane.transactions.agreements import effects, impact, take_up
        from controlplane.transactions.agreements import payloads as of_contracts
        from controlplane.transactions.notices import contracts, dead_letters, destinations, drifts, exports, replays
        from controlplane.transactions.replay.governed import KIND, LARGE_REPLAY
        from controlplane.transactions.rules.retention import KEEP, KEEP_TRANSACTIONS
        from controlplane.transactions.selectors import agreements

        for table in ("transaction", "transaction_key"):
            partitions.register(table, keep=KEEP_TRANSACTIONS)
        for table in ("step_run", "attempt", "trace", "payload_subject"):
            partitions.register(table, keep=KEEP_TRANSACTIONS, by_id=True)
        for retention, keep in KEEP.items():
            partitions.register(f"payload_{retention.name.lower()}", keep=keep, by_id=True)
        evidence.register("facts.endpoint", facts.ENDPOINTS)
        evidence.register("facts.destination", facts.DESTINATIONS)
        evidence.register("facts.flow", facts.FLOWS)
        evidence.register("facts.integration.transactions", facts.OF_INTEGRATIONS)
        subjects.register(KIND, LARGE_REPLAY)
        impacts.register("integrations", impact.impact)
        payloads.register("transactions", of_contracts.newest)
        failures.register("transactions", effects.failures)
        users.register("transactions", agreements.users)
        taking_up.register("normalisations", take_up.take_up)
        notices.sources.register("dead-letters", dead_letters.SOURCE)
        notices.sources.register("replays-ended", replays.ENDED)
        notices.sources.register("exports", exports.SOURCE)
        notices.sources.register("destinations", destinations.SOURCE)
        notices.sources.register("contract-versions", contracts.SOURCE)
        notices.sources.register("drifts", drifts.SOURCE)
