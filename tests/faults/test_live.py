"""Five hundred pages that follow, under full traffic: all of them see the truth, and the ingress is none the slower."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from statistics import median
from typing import Any

import pytest
from aiohttp import web

from controlplane.standalone.choices import PROJECT
from tests.faults.ingress_process import ingress_process
from tests.faults.plants import SECRET, ask, drained, planted_with
from tests.faults.shares import share_of
from tests.faults.target import Target
from tests.load.harness import asked
from tests.standalone.installed import Installation
from tests.standalone.waiting import until

pytestmark = [pytest.mark.faults, pytest.mark.timeout(600), pytest.mark.xdist_group("live")]
soak = [pytest.mark.soak, pytest.mark.timeout(3600)]

CONNECTIONS = 64
CONNECTIONS_OPEN = "select count(*) from pg_stat_activity where datname = current_database()"
#: Of all parts together; a page's part that leaves one behind would have it there tenfold.
MOST_CONNECTIONS = 60
#: The number of the last event, which the target refuses.
LAST = -1
#: By how much the ingress may be slower beside the pages: the median of pairs.
SLOWER = 1.2


class Choosy(Target):
    """Refuses the last one for good."""

    async def _take(self, request: web.Request) -> web.Response:
        answer = await super()._take(request)
        return web.Response(status=422) if LAST in self.numbers else answer


@dataclass
class Readers:
    """The pages that are open, in a process of their own."""

    process: subprocess.Popen[str]

    def standing(self) -> dict[str, Any]:
        """How many are open, how often they were told, and what they show."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write("how\n")
        self.process.stdin.flush()
        answer: dict[str, Any] = json.loads(self.process.stdout.readline())
        return answer


@contextmanager
def reading(plant: Installation, pages: list[dict[str, str]]) -> Iterator[Readers]:
    """All pages open and followed; closed at the end."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.faults.readers", "read"],
        cwd=PROJECT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        process.stdin.write(json.dumps({"port": plant.port, "pages": pages}) + "\n")
        process.stdin.flush()
        assert process.stdout.readline() == "open\n"
        yield Readers(process)
    finally:
        process.stdin.close()
        process.wait(60)
        process.stdout.close()


@contextmanager
def ingress_of(plant: Installation) -> Iterator[int]:
    """The port of an ingress in a process of its own that leads to the plant's database."""
    places = plant.places
    own = {"DATABASE_URL": places.database_url, "BROKER_URL": places.broker_url, "CACHE_URL": places.cache_url}
    environment: dict[str, Any] = own | plant.environment
    with ingress_process(**environment) as ingress:
        yield ingress.port


@dataclass
class Traffic:
    """Events to the ingress at a steady rate; each has a number of its own."""

    port: int
    rate: int
    sent: int = 0

    def for_(self, seconds: int, endpoint: str = "many", first: int | None = None) -> float:
        """Milliseconds within which 99 in 100 were durable and answered."""
        question = {
            "port": self.port,
            "path": f"/in/{endpoint}",
            "type": "order.last" if endpoint == "last" else "order.placed",
            "rate": self.rate,
            "seconds": seconds,
            "first": self.sent + 1 if first is None else first,
            "secret": SECRET,
            "connections": CONNECTIONS,
        }
        answer = asked("tests.load.paced", question)
        assert answer["statuses"] == {"202": self.rate * seconds}
        self.sent += self.rate * seconds if first is None else 0
        return float(answer["p99_ms"])


@pytest.mark.parametrize(
    ("pages", "rate", "pairs", "quiet", "busy"),
    [
        pytest.param(40, 100, 1, 3, 10, id="short"),
        # Both for as long: what the installation does once a minute is in each of them, or in none.
        pytest.param(500, 1000, 3, share_of(60), share_of(60), id="long", marks=soak),
    ],
)
def test_every_page_sees_the_truth_and_the_ingress_does_not_notice(
    pages: int, rate: int, pairs: int, quiet: int, busy: int
) -> None:
    ratios: list[float] = []
    with Choosy() as target, planted_with("live.yaml", TARGET=target.url) as plant, ingress_of(plant) as port:
        signed_in = plant.run("-m", "tests.faults.readers", "sign-in", str(pages))
        assert signed_in.returncode == 0, signed_in.stderr
        people = json.loads(signed_in.stdout)
        traffic = Traffic(port, rate)
        traffic.for_(quiet)  # warm
        for _ in range(pairs):
            alone = traffic.for_(quiet)
            with reading(plant, people) as readers:
                beside = traffic.for_(busy)
                seen = readers.standing()
            assert (seen["open"], seen["least"] > 0) == (pages, True), seen
            assert {text for texts in seen["texts"].values() for text in texts} == {""}, seen
            assert ask(plant, CONNECTIONS_OPEN)[0][0] < MOST_CONNECTIONS
            ratios.append(beside / alone)
            sys.stderr.write(f"\np99 alone {alone:.1f} ms, beside {pages} pages {beside:.1f} ms; told {seen['told']}")
        with reading(plant, people) as readers:
            until(lambda: drained(plant), within=600)
            Traffic(port, 1).for_(1, "last", first=LAST)
            until(lambda: ask(plant, "select count(*) from dead_letter where resolved_at is null") == [(1,)], within=60)
            until(lambda: _all_see_it(readers.standing(), pages), within=max(60, pages / 5))
        assert ask(plant, "select count(*) from transaction") == [(traffic.sent + 1,)]
    if pairs > 1:
        assert median(ratios) <= SLOWER, ratios


def _all_see_it(seen: dict[str, Any], pages: int) -> bool:
    half = pages // 2
    return bool(seen["texts"] == {"arrivals": {"1 newer, show": half}, "dead-letters": {"1 open dead letters": half}})
