"""What runs on one machine: which parts, in which order, and which of them live elsewhere."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from dataclasses import replace
from functools import partial

from controlplane.standalone import probes
from controlplane.standalone.choices import hosts
from controlplane.standalone.embedded import Embedded
from controlplane.standalone.parts import Part, Stage
from controlplane.standalone.places import Places, private_folder
from controlplane.standalone.postgres import EmbeddedPostgres
from controlplane.standalone.ready_file import VARIABLE
from controlplane.standalone.sandbox.marks import ADDRESS, NETWORK, Marks
from controlplane.standalone.valkey import EmbeddedValkey

#: One arena less a thread, no thread pools in libraries: the idle stack stays small.
SMALL = {"MALLOC_ARENA_MAX": "2", "OMP_NUM_THREADS": "1"}
ENVIRONMENT = SMALL | {"PYTHONUNBUFFERED": "1", "DJANGO_SETTINGS_MODULE": "controlplane.settings"}

#: A little more than the web server's own patience with open requests; both graces end within 5 s.
WEB_PATIENCE = 3
GRACE_OF_SERVERS = 3.4
GRACE_OF_SERVICES = 1.2
WORKER_THREADS = 8
#: Limits that hold before anybody is believed.
HTTP = "controlplane.foundation.bounded_http:BoundedHttp"


def stages(places: Places, port: int, environ: Mapping[str, str] = os.environ) -> list[Stage]:
    """Services first, then the schema, then the servers. What ``environ`` names elsewhere is left out."""
    services = tuple(_service(service) for service in embedded_services(places, environ))
    servers = (_web(places, port), _worker(places), _beat(places))
    played = Marks(places)
    sandbox = bool(services) and (played.is_there or (played.is_due and not has_data(places)))
    made = [
        Stage(services, GRACE_OF_SERVICES),
        Stage((_prepare(),), GRACE_OF_SERVICES),
        Stage(servers, GRACE_OF_SERVERS),
    ]
    return _with_sandbox(made, port, environ) if sandbox else made


def has_data(places: Places) -> bool:
    """Whether this installation has been started before."""
    return (places.var / "postgres").exists()


def _with_sandbox(made: list[Stage], port: int, environ: Mapping[str, str]) -> list[Stage]:
    """The same with the sandbox played beside it; its systems' one address is the only private one that is allowed."""
    networks = ",".join(filter(None, [environ.get("INTERLOCK_PRIVATE_NETWORKS", ""), NETWORK]))
    inside = {"INTERLOCK_PRIVATE_NETWORKS": networks, "INTERLOCK_ENVIRONMENT": "sandbox"}

    def told(part: Part) -> Part:
        return replace(part, environment={**part.environment, **inside})

    stages = [Stage(tuple(told(part) for part in stage.parts), stage.grace) for stage in made]
    return [*stages, Stage((_sandbox(port),), GRACE_OF_SERVICES)]


def _sandbox(port: int) -> Part:
    return Part(
        name="sandbox",
        command=(sys.executable, "-m", "controlplane.standalone.sandbox"),
        environment=ENVIRONMENT,
        ready=partial(probes.listens, ADDRESS, port),
    )


def embedded_services(places: Places, environ: Mapping[str, str] = os.environ) -> list[Embedded]:
    """PostgreSQL unless DATABASE_URL names one; Valkey unless BROKER_URL and CACHE_URL both do."""
    services: list[Embedded] = []
    if not environ.get("DATABASE_URL"):
        services.append(EmbeddedPostgres(places.var))
    if not (environ.get("BROKER_URL") and environ.get("CACHE_URL")):
        services.append(EmbeddedValkey(places.var))
    return services


def outside(environ: Mapping[str, str] = os.environ) -> list[str]:
    """The settings that put something else in the place of a part, as far as they are set."""
    return [name for name in ("DATABASE_URL", "BROKER_URL", "CACHE_URL", "VAULT_ADDR") if environ.get(name)]


def _service(service: Embedded) -> Part:
    return Part(
        name=service.name,
        command=tuple(service.command()),
        prepare=service.prepare,
        ready=service.answers,
        identity=service.identity,
        essential=True,
        stop_signal=service.stop_signal,
        death_signal=service.death_signal,
    )


def _prepare() -> Part:
    return Part(
        name="prepare",
        command=(sys.executable, "-m", "django", "prepare"),
        environment=ENVIRONMENT,
        essential=True,
    )


def _web(places: Places, port: int) -> Part:
    options = ["--host", probes.LOOPBACK, "--port", str(port), "--workers", "1", "--lifespan", "on"]
    options += [
        "--no-access-log",
        "--no-proxy-headers",
        "--timeout-graceful-shutdown",
        str(WEB_PATIENCE),
        "--http",
        HTTP,
    ]
    # A page says which topics it follows, a few kilobytes; compressing that would cost memory for each socket.
    options += ["--ws", "websockets-sansio", "--ws-max-size", "16384", "--ws-per-message-deflate", "false"]
    return Part(
        name="web",
        command=(sys.executable, "-m", "uvicorn", "controlplane.asgi:application", *options),
        environment=ENVIRONMENT | _counting(places),
        ready=partial(probes.answers_ok, port, "/health/ready", host=hosts()[0]),
    )


def _counting(places: Places) -> dict[str, str]:
    """The web server answers ``/metrics`` for all."""
    return {"PROMETHEUS_MULTIPROC_DIR": str(places.metrics)}


def _worker(places: Places) -> Part:
    options = ["--pool", "threads", "--concurrency", str(WORKER_THREADS), "--without-mingle", "--without-gossip"]
    return _celery("worker", options, places)


def _beat(places: Places) -> Part:
    schedule = private_folder(places.var / "beat") / "schedule"
    return _celery("beat", ["--schedule", str(schedule)], places)


def _celery(name: str, options: list[str], places: Places) -> Part:
    left = places.sockets / f"{name}.ready"
    return Part(
        name=name,
        command=(sys.executable, "-m", "celery", "--quiet", "-A", "controlplane.celery", name, *options),
        environment=ENVIRONMENT | _counting(places) | {VARIABLE: str(left)},
        prepare=partial(left.unlink, missing_ok=True),
        ready=left.exists,
    )
