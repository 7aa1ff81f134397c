"""Prometheus metrics of this process. Names start with ``interlock_``; ``docs/metrics.md`` lists all.

Counters count what this process did; what belongs to the whole plane (queue depth and age) is asked of
the database when ``/metrics`` is scraped, so that it is right whichever process answers.
"""

from __future__ import annotations

from prometheus_client import Counter, Histogram

INGRESS_REQUESTS = Counter("interlock_ingress_requests", "Webhooks answered, by outcome", ["outcome"])
INGRESS_SECONDS = Histogram(
    "interlock_ingress_seconds",
    "From the first byte of a webhook to its answer",
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5),
)
EVENTS_PROCESSED = Counter("interlock_events_processed", "Inbox rows that became transactions, by state", ["state"])
ATTEMPTS = Counter("interlock_attempts", "Attempts of step runs, by outcome", ["outcome"])
DELIVERY_SECONDS = Histogram(
    "interlock_delivery_seconds",
    "One call to a destination",
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30),
)
TAKEOVERS = Counter("interlock_takeovers", "Leases that another worker took over")
FENCED = Counter("interlock_fenced_writes", "Late writes of a worker whose lease had passed on: refused")
