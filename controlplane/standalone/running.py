"""What is running of this installation, asked of the parts themselves as ``make doctor`` and ``make status`` ask."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from django.conf import settings
from django.db import connection

from controlplane.inventory.models import Integration
from controlplane.standalone import lock, probes
from controlplane.standalone.choices import chosen_places, web_port
from controlplane.standalone.doctor import database, services
from controlplane.standalone.doctor.finding import Finding, bad, not_checked, ok
from controlplane.standalone.doctor.finding import State as Found
from controlplane.standalone.installation import outside
from controlplane.standalone.parts import State
from controlplane.standalone.sandbox.load import others
from controlplane.standalone.sandbox.marks import ADDRESS, Marks

SHAPES = {Found.OK: "ok", Found.WARN: "warn", Found.BAD: "bad", Found.NOT_CHECKED: "off"}
SYSTEMS = "Odoo, Salesforce, Stripe, HubSpot, Zendesk, Gainsight"
STATUS = "`make status` says why; `make up` starts what does not run."


@dataclass(frozen=True, slots=True)
class Running:
    """One part: ``sub`` says more of it, or how to mend it; ``words`` how it is; ``kind`` is a status shape."""

    name: str
    sub: str
    kind: str
    words: str


def parts(*, asks_the_worker: bool = False) -> list[Running]:
    """Every part, each asked just now; of the worker, which takes a while to answer, what its supervisor says."""
    return [*_servers(asks_the_worker=asks_the_worker), *_sandbox(), _own_systems()]


def all_well(found: list[Running]) -> bool:
    """Whether every part that was asked is well; one that cannot be asked is not counted."""
    return all(part.kind in {"ok", "off"} for part in found)


def _servers(*, asks_the_worker: bool) -> Iterator[Running]:
    elsewhere, states = outside(), _states()
    yield Running("Web server", settings.PUBLIC_URL, "ok", "answers")
    embedded = "" if "DATABASE_URL" in elsewhere else ", embedded"
    yield _asked(f"PostgreSQL{embedded}", "the only truth", _database)
    embedded = "" if {"BROKER_URL", "CACHE_URL"} <= set(elsewhere) else "Valkey, embedded"
    yield _asked(embedded or "Broker and cache", "a doorbell; it holds nothing that counts", services.cache_store)
    worker = partial(services.worker, most=1) if asks_the_worker else None
    yield _asked("Worker", "processes and delivers", lambda: _part(states.get("worker"), worker))
    yield _asked("Scheduler", "rings what is due", lambda: _part(states.get("beat")))


def _asked(name: str, sub: str, check: Callable[[], Finding]) -> Running:
    began = time.perf_counter()
    finding = check()
    took = (time.perf_counter() - began) * 1000
    if finding.state is Found.OK:
        return Running(name, sub, "ok", finding.what if finding.what == "ready" else f"{took:.1f} ms")
    return Running(name, " ".join(filter(None, [finding.what, finding.mend])), SHAPES[finding.state], finding.state)


def _database() -> Finding:
    """Asked for something, because a connection that is kept says nothing of what is at its other end."""
    found = database.answers()
    if found.state is Found.OK:
        with connection.cursor() as cursor:
            cursor.execute("select 1")
    return found


def _states() -> dict[str, str]:
    """How the supervisor says its parts are; empty where there is none."""
    places = chosen_places()
    if lock.holder(places.lock) is None:
        return {}
    try:
        return {part["name"]: part["state"] for part in json.loads(places.board.read_text())}
    except (OSError, ValueError):
        return {}


def _part(state: str | None, ask: Callable[[], Finding] | None = None) -> Finding:
    """How the supervisor says it is, if it says so, and then how it says so itself, if it can be asked."""
    if state is not None and state != State.READY:
        return bad(f"It is {state}.", STATUS)
    if ask is not None:
        return ask()
    return ok("ready") if state is not None else not_checked("Nothing here supervises it.")


def _sandbox() -> Iterator[Running]:
    marks = Marks(chosen_places())
    if marks.is_there:
        answers = probes.listens(ADDRESS, web_port())
        yield Running(
            "Six make-believe systems",
            SYSTEMS if answers else STATUS,
            "ok" if answers else "bad",
            "answering" if answers else "not answering",
        )


def _own_systems() -> Running:
    is_sandbox = Marks(chosen_places()).is_there
    count = len(others()) if is_sandbox else Integration.objects.count()
    words = f"{count} {'integration' if count == 1 else 'integrations'}" if count else "none yet"
    return Running("Your own systems", words, "ok" if count else "off", "")
