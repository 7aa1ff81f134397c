"""Celery: the doorbell's wire, and the clock of what happens by the hour.

Messages carry no data beyond "there is work": everything durable is a row (invariant 1), so a lost
message costs a sweep's interval and a doubled one costs a look. Due times are rows too: no ETA, no
countdown (celery #2599). Results are ignored.
"""

from __future__ import annotations

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "controlplane.settings")

from celery import Celery
from django.conf import settings
from kombu.entity import Exchange, Queue

QUEUE = "interlock.rings"
RING_SECONDS = 60
MOST_RINGS = 1000
REDIS_LIKE = ("redis", "rediss", "redis+socket", "valkey")


def _transport_options(url: str) -> dict[str, object]:
    """For Redis-like brokers: no publish may hang, and a killed worker's messages come back soon."""
    if url.split("://", 1)[0] not in REDIS_LIKE:
        return {"confirm_publish": True}
    return {
        "socket_timeout": 5,
        "socket_connect_timeout": 2,
        "socket_keepalive": not url.startswith("redis+socket"),
        "health_check_interval": 10,
        "visibility_timeout": 3600,
        "unacked_restore_interval": 5,
        "unacked_restore_throttle": 1,
    }


def _queues(url: str) -> list[Queue] | None:
    """For RabbitMQ, the one queue in so many words; elsewhere it needs none.

    Rings are worth nothing after a minute, and a thousand say no more than one: while every worker is away, the queue
    neither grows nor has to be emptied afterwards. The broker drops a message that kills its consumer five times.
    """
    if not url.startswith("amqp"):
        return None
    limits = {"x-message-ttl": RING_SECONDS * 1000, "x-max-length": MOST_RINGS, "x-delivery-limit": 5}
    arguments = {"x-queue-type": "quorum", **limits}
    return [Queue(QUEUE, Exchange(QUEUE), routing_key=QUEUE, queue_arguments=arguments)]  # type: ignore[no-untyped-call]


app = Celery("controlplane")
# For every thread, or the doorbell's own would ring at Celery's fallback: RabbitMQ on localhost, whoever's that is.
app.set_default()
app.conf.update(
    broker_url=settings.BROKER_URL,
    broker_connection_retry_on_startup=True,
    broker_connection_timeout=2,
    broker_transport_options=_transport_options(settings.BROKER_URL),
    # Without a limit: a worker outlives any absence of its broker, and sweeps meanwhile.
    broker_connection_max_retries=None,
    worker_cancel_long_running_tasks_on_connection_loss=False,
    result_backend=None,
    task_ignore_result=True,
    task_queues=_queues(settings.BROKER_URL),
    task_default_queue=QUEUE,
    worker_detect_quorum_queues=True,
    task_serializer="json",
    accept_content=["json"],
    task_acks_late=False,
    worker_prefetch_multiplier=4,
    worker_hijack_root_logger=False,
    worker_redirect_stdouts=False,
    timezone="UTC",
    beat_schedule={
        "sweep": {"task": "controlplane.ring", "schedule": 30.0, "args": ("sweep", "normal")},
        "partitions": {"task": "controlplane.transactions.make_partitions", "schedule": 6 * 3600.0},
        "retention": {"task": "controlplane.transactions.keep_retention", "schedule": 3600.0},
        "parked heads": {"task": "controlplane.transactions.release_parked", "schedule": 60.0},
        "hours": {"task": "controlplane.transactions.count_hours", "schedule": 60.0},
        "discovering": {"task": "controlplane.transactions.discover", "schedule": 600.0},
        "exports": {"task": "controlplane.transactions.write_exports", "schedule": 30.0},
        "releases": {"task": "controlplane.transactions.carry_releases", "schedule": 30.0},
        "old exports": {"task": "controlplane.transactions.forget_exports", "schedule": 3600.0},
        "kept answers": {"task": "controlplane.people.forget_answers", "schedule": 3600.0},
        "changes": {"task": "controlplane.governance.sweep", "schedule": 60.0},
        "sunsets": {"task": "controlplane.contracts.retire", "schedule": 3600.0},
        "canaries": {"task": "controlplane.contracts.settle_canaries", "schedule": 15.0},
        "consumers": {"task": "controlplane.contracts.ask_consumers", "schedule": 3600.0},
        "policies": {"task": "controlplane.governance.run_policies", "schedule": 3600.0},
        "sync": {"task": "controlplane.sync.tick", "schedule": 10.0},
    },
)
app.autodiscover_tasks(
    [
        "controlplane.people",
        "controlplane.governance",
        "controlplane.contracts",
        "controlplane.transactions",
        "controlplane.sync",
    ]
)
