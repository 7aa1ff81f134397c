"""Each bench runs from the command line, checks what it did, and reports in the shape of PERFORMANCE.md.

In ``quick`` size, which proves that they run; how fast this machine is, no test says.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = [pytest.mark.peers, pytest.mark.timeout(450)]
PROJECT = Path(__file__).parents[2]

#: Bench → its ratios, its figures.
REPORTS: dict[str, tuple[set[str], set[str]]] = {
    "ingress": ({"null_asgi", "orm_celery"}, {"p99_ms", "rss_mb", "requests_per_s"}),
    "deliver": ({"bare_post", "celery_noop"}, {"events_per_s"}),
    "search": (
        {"identifier_vs_business_key", "keyset_vs_offset"},
        {
            "customer_p99_ms",
            "two_word_p99_ms",
            "counts_p99_ms",
            "facets_p99_ms",
            "page_p95_ms",
            "keyset_ms",
            "offset_ms",
            "deferred_offset_ms",
            "rows",
        },
    ),
    "replay": ({"per_row"}, {"rows_per_s", "rows"}),
    "pages": (
        {"slowest_vs_null", "slowest_vs_limit", "paint_vs_limit"},
        {"null_p95_ms", "slowest_p95_ms", "slowest_paint_ms", "pages", "rows"},
    ),
    "inventory": (
        {"page_vs_limit", "plan_vs_limit", "policies_vs_limit"},
        {"page_p95_ms", "plan_s", "policies_s", "pages", "systems", "integrations", "identities", "attributes"},
    ),
    "contracts": (
        {"validation_share", "validation_vs_limit", "diff_vs_limit", "memory_vs_limit", "page_vs_limit"},
        {"diff_s", "diff_mb", "page_p95_ms", "events"},
    ),
}


@pytest.mark.parametrize("name", REPORTS)
def test_a_bench_prints_one_line_of_json_last(name: str) -> None:
    done = subprocess.run(  # noqa: S603 - our own
        [sys.executable, "manage.py", "bench", name, "--size", "quick"],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=False,
        timeout=400,
    )
    assert done.returncode == 0, done.stderr[-2000:]

    (line,) = done.stdout.splitlines()
    report = json.loads(line)
    ratios, figures = REPORTS[name]
    assert report.keys() == {"bench", "ratios", "figures", "runs", "machine"}
    assert (report["bench"], report["runs"], report["machine"]["size"]) == (name, 1, "quick")
    assert (report["ratios"].keys(), report["figures"].keys()) == (ratios, figures)
    assert all(value > 0 for value in (*report["ratios"].values(), *report["figures"].values()))


def test_an_unknown_bench_is_refused_with_the_names_there_are() -> None:
    done = subprocess.run(
        [sys.executable, "manage.py", "bench", "ingres"], cwd=PROJECT, capture_output=True, text=True, check=False
    )
    assert done.returncode != 0
    names = "'ingress', 'deliver', 'search', 'replay', 'pages', 'inventory', 'contracts'"
    assert f"invalid choice: 'ingres' (choose from {names})" in done.stderr
