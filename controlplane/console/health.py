"""Whether this process lives, whether it can do its work, and what there is to count.

``/health/live`` says that the process answers: restart it when it does not. ``/health/ready`` says that an
event sent now would become durable and a page would open: take it out of the balancer when not. The queue
figures on ``/metrics`` are asked of the database at the scrape, so they are true whichever process answers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_GET
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from controlplane.foundation import clock, partitions
from controlplane.foundation.exposition import allowed, exposed
from controlplane.foundation.metrics import INGRESS_REQUESTS
from controlplane.transactions.ingress.pressure import Pressure

_QUEUES = """
select 'inbox', count(*), coalesce(extract(epoch from now() - min(due_at)), 0)
from inbox
union all
select 'steps due', count(*), coalesce(extract(epoch from now() - min(due_at)), 0)
from step_queue where due_at <= now()
union all
select 'steps later', count(*), 0 from step_queue where due_at > now() and lease_token is null
union all
select 'steps held', count(*), 0 from step_queue where lease_token is not null and due_at > now()
union all
select 'dead letters', count(*), coalesce(extract(epoch from now() - min(died_at)), 0)
from dead_letter where resolved_at is null
"""


def _database() -> str:
    with connection.cursor() as cursor:
        cursor.execute("select 1")
    return ""


def _migrations() -> str:
    executor = MigrationExecutor(connection)
    missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return f"{len(missing)} migrations are not applied: run manage.py migrate" if missing else ""


def _partitions() -> str:
    missing = partitions.missing(partitions.week_of(clock.now()))
    return f"this week's partitions are missing: {', '.join(missing)}" if missing else ""


def _coming_week() -> str:
    """Work goes on until Monday, so it is said, not failed: a balancer without any process would help nobody."""
    try:
        missing = partitions.missing(partitions.week_of(clock.now()) + partitions.WEEK)
    except DatabaseError:
        return "not checked"
    return f"next week's partitions are missing: {', '.join(missing)}" if missing else ""


#: Named here so that every process exposes the counters, also one that has not counted yet.
COUNTED = (INGRESS_REQUESTS,)


def _pressure() -> str:
    """Senders that this process turns away for want of room. Pages open all the same, so it is said, not failed."""
    return Pressure.here.in_words() if Pressure.here is not None else ""


CHECKS: dict[str, Callable[[], str]] = {
    "database": _database,
    "migrations": _migrations,
    "partitions": _partitions,
}


def _findings() -> Iterator[tuple[str, str]]:
    """Each check's finding, empty when it is well; after the first that fails the others are not asked."""
    for name, check in CHECKS.items():
        try:
            finding = check()
        except DatabaseError as error:
            finding = f"the database does not answer: {type(error).__name__}"
        yield name, finding
        if finding:
            return


@require_GET
def live(_request: HttpRequest) -> JsonResponse:
    """The process answers."""
    return JsonResponse({"status": "alive"})


@require_GET
def ready(_request: HttpRequest) -> JsonResponse:
    """Each check by name: ``ok`` or what is wrong. 503 when one failed."""
    found = dict(_findings())
    checks = {name: found.get(name, "not checked") or "ok" for name in CHECKS}
    well = all(word == "ok" for word in checks.values())
    checks["coming week"] = (_coming_week() or "ok") if checks["partitions"] == "ok" else "not checked"
    checks["pressure"] = _pressure() or "ok"
    answer = JsonResponse({"status": "ready" if well else "not ready", "checks": checks}, status=200 if well else 503)
    if not well:
        answer["Retry-After"] = "5"
    return answer


class QueueCollector(Collector):
    """Depth and age of what waits, from the database; absent when it does not answer, never zero by default."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Asked at each scrape."""
        depth = GaugeMetricFamily("interlock_waiting", "What waits, by queue", labels=["queue"])
        age = GaugeMetricFamily("interlock_waiting_seconds", "Age of the oldest that waits", labels=["queue"])
        try:
            with connection.cursor() as cursor:
                cursor.execute(_QUEUES)
                rows = cursor.fetchall()
        except DatabaseError:
            return
        for queue, count, seconds in rows:
            depth.add_metric([queue], float(count))
            age.add_metric([queue], float(seconds))
        yield depth
        yield age


class PartitionCollector(Collector):
    """How far ahead the tables are made; absent when the database does not answer."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Asked at each scrape."""
        ahead = GaugeMetricFamily("interlock_partition_weeks_ahead", "Coming weeks for which every partition is made")
        try:
            ahead.add_metric([], float(partitions.weeks_ahead(clock.now())))
        except DatabaseError:
            return
        yield ahead


@require_GET
def metrics(request: HttpRequest) -> HttpResponse:
    """Prometheus text. Asks for ``Authorization: Bearer`` when a token is set."""
    if not allowed(request.headers.get("authorization", "")):
        return HttpResponse(status=401, headers={"WWW-Authenticate": "Bearer"})
    asked = b"".join(generate_latest(collector) for collector in (QueueCollector(), PartitionCollector()))
    return HttpResponse(exposed() + asked, content_type=CONTENT_TYPE_LATEST)
