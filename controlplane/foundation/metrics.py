"""Prometheus metrics. Names start with ``interlock_``; ``docs/metrics.md`` lists all.

Counters count what this process did or, where processes share a folder for it, what all of them did; what belongs
to the whole plane (queue depth and age) is asked of the database when ``/metrics`` is scraped, so that it is right
whichever process answers.
"""

from __future__ import annotations

from pathlib import Path

from django.conf import settings
from prometheus_client import Counter, Gauge, Histogram

if settings.METRICS_FOLDER:  # where the library keeps what is counted below; it does not make the folder itself
    Path(settings.METRICS_FOLDER).mkdir(parents=True, exist_ok=True)

INGRESS_REQUESTS = Counter("interlock_ingress_requests", "Webhooks answered, by outcome", ["outcome"])
INGRESS_SECONDS = Histogram(
    "interlock_ingress_seconds",
    "From the first byte of a webhook to its answer",
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5),
)
INGRESS_WAITING = Gauge(
    "interlock_ingress_waiting", "Events that wait for a commit in this process", multiprocess_mode="livesum"
)
INGRESS_HELD_BYTES = Gauge(
    "interlock_ingress_held_bytes",
    "Bodies that this process holds, from first byte to answer",
    multiprocess_mode="livesum",
)
INGRESS_PRESSED = Gauge(
    "interlock_ingress_pressed",
    "1 while such endpoints turn senders away",
    ["criticality"],
    multiprocess_mode="livemax",
)
INGRESS_BACKLOG = Gauge(
    "interlock_ingress_backlog",
    "Events that wait to be processed, by lane",
    ["lane"],
    multiprocess_mode="livemostrecent",
)
DATABASE_VOLUME_FREE = Gauge(
    "interlock_database_volume_free_bytes",
    "Free on the database's volume, where it is here",
    multiprocess_mode="livemostrecent",
)
HTTP_REFUSED = Counter("interlock_http_refused", "Connections and requests refused before any page", ["reason"])
LIVE_SOCKETS = Gauge("interlock_live_sockets", "Pages that follow what happens", multiprocess_mode="livesum")
LIVE_HINTS = Counter("interlock_live_hints", "Pages told that something has changed")
EVENTS_PROCESSED = Counter("interlock_events_processed", "Inbox rows that became transactions, by state", ["state"])
ATTEMPTS = Counter("interlock_attempts", "Attempts of step runs, by outcome", ["outcome"])
DELIVERY_SECONDS = Histogram(
    "interlock_delivery_seconds",
    "One call to a destination",
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30),
)
TAKEOVERS = Counter("interlock_takeovers", "Leases that another worker took over")
BREAKER_OPENINGS = Counter("interlock_breaker_openings", "Rests that destinations were given because they were unwell")
FENCED = Counter("interlock_fenced_writes", "Late writes of a worker whose lease had passed on: refused")
