"""Checks of what else Interlock talks to: broker, cache, worker, vault."""

from __future__ import annotations

import os
from contextlib import closing

import hvac
import requests
from celery import Celery
from django.conf import settings
from django.core.cache import cache
from hvac.exceptions import VaultError
from kombu.exceptions import KombuError
from redis.exceptions import RedisError

from controlplane.standalone import lock
from controlplane.standalone.choices import chosen_places
from controlplane.standalone.doctor.finding import Finding, bad, not_checked, ok, warn

SECONDS = 2
PATIENT = {"socket_timeout": SECONDS, "socket_connect_timeout": SECONDS}
NOT_RUNNING = "The embedded Valkey is not running."

#: What a vault's health answers (https://developer.hashicorp.com/vault/api-docs/system/health).
ACTIVE, STANDBY, PERFORMANCE_STANDBY, NOT_INITIALISED, SEALED = 200, 429, 473, 501, 503


def _embedded_and_stopped(*names: str) -> bool:
    return not all(os.environ.get(name) for name in names) and lock.holder(chosen_places().lock) is None


def _celery() -> Celery:
    """A client of the broker that gives up soon; the project's own application stands above this floor."""
    app = Celery(broker=settings.BROKER_URL, set_as_current=False)
    options = {} if settings.BROKER_URL.startswith("amqp") else PATIENT
    app.conf.update(broker_transport_options=options, broker_connection_timeout=SECONDS)
    return app


def _failure() -> str | None:
    """Why the broker cannot be reached; None when it can."""
    with closing(_celery()) as app, closing(app.connection_for_write()) as connection:
        try:
            connection.ensure_connection(max_retries=1, interval_start=0.1, timeout=SECONDS)
        except (KombuError, OSError) as error:
            return str(error)
    return None


def broker() -> Finding:
    """Celery's broker can be reached. Without it work is found by sweeps only, within seconds instead of at once."""
    if _embedded_and_stopped("BROKER_URL"):
        return not_checked(NOT_RUNNING, "Start it with `make up`.")
    if failure := _failure():
        return bad(f"The broker cannot be reached: {failure}", "See BROKER_URL, or var/log/valkey.log.")
    return ok("reachable")


def cache_store() -> Finding:
    """The cache can be written and read."""
    if _embedded_and_stopped("CACHE_URL"):
        return not_checked(NOT_RUNNING, "Start it with `make up`.")
    try:
        cache.set("doctor", "was here", 10)
        found = cache.get("doctor")
    except (RedisError, OSError) as error:
        return bad(f"The cache cannot be reached: {error}", "See CACHE_URL, or var/log/valkey.log.")
    if found != "was here":
        return bad("The cache forgets at once.", "Give it more memory, or see its eviction policy.")
    return ok("reachable")


def worker(*, most: int | None = None) -> Finding:
    """A worker hears the broker and answers; waits no longer once ``most`` have."""
    if _embedded_and_stopped("BROKER_URL") or _failure():
        return not_checked("The broker cannot be reached.")
    with closing(_celery()) as app:
        names = sorted(name for answer in app.control.ping(timeout=SECONDS, limit=most) for name in answer)
    if not names:
        return bad("No worker answers; deliveries wait.", "See var/log/worker.log and `make status`, or start one.")
    return ok(", ".join(names))


def vault() -> Finding:
    """The vault of ``vault://`` references is there and open."""
    if not settings.VAULT_ADDR:
        return ok("none is configured (VAULT_ADDR)")
    try:
        answer = hvac.Client(url=settings.VAULT_ADDR, timeout=SECONDS).sys.read_health_status(method="GET")
    except (requests.RequestException, VaultError) as error:
        return bad(f"The vault at {settings.VAULT_ADDR} cannot be reached: {error}", "See VAULT_ADDR.")
    status = ACTIVE if isinstance(answer, dict) else answer.status_code
    if status in {ACTIVE, STANDBY, PERFORMANCE_STANDBY}:
        return ok(f"{settings.VAULT_ADDR} is open")
    if status == SEALED:
        return bad(f"The vault at {settings.VAULT_ADDR} is sealed.", "Unseal it; deliveries that need it wait.")
    if status == NOT_INITIALISED:
        return bad(f"The vault at {settings.VAULT_ADDR} was never initialised.", "Initialise it.")
    return warn(f"The vault at {settings.VAULT_ADDR} answers with {status}.", "See its own health page.")
