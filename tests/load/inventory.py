"""An estate of hundreds of systems and what is asked of it: its pages, a plan of all of it, its policies.

The estate is 200 systems, 1,500 integrations with flows, endpoints and a month of counted hours, 20,000 attributes
where the ownership matrix is installed, and identities in two systems each. Pages are those that list or draw it;
server time is of the whole answer. ``plan_s`` is the plan of the whole estate against itself, which is empty. Limits:
150 ms at the 95th percentile for any page, 10 s for the plan, 5 s for the policies.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from importlib import import_module
from typing import Any, Final

from django.apps import apps
from django.db import connection

from controlplane.audit.models import SYSTEM
from controlplane.console.estate.apply import apply, planned
from controlplane.console.estate.export import export
from controlplane.console.estate.plan import is_empty
from controlplane.foundation import clock
from controlplane.people.roles import Role
from controlplane.transactions.rules.durations import BOUNDS
from tests.console.estate.test_large import estate
from tests.load.harness import Result, Size, percentile, tell
from tests.pages.addresses import Ask, by_client
from tests.transactions.factories import an_account


@dataclass(frozen=True, slots=True)
class Amounts:
    """How much of everything, and how often each page is asked for."""

    systems: int
    integrations: int
    attributes: int
    identities: int
    times: int


AMOUNTS: Final = {
    Size.QUICK: Amounts(20, 60, 200, 2_000, 1),
    Size.DEFAULT: Amounts(200, 1_500, 20_000, 200_000, 30),
    Size.FULL: Amounts(200, 1_500, 20_000, 5_000_000, 100),
}
LIMIT_MS, PLAN_LIMIT_S, POLICIES_LIMIT_S = 150.0, 10.0, 5.0
#: Every page that lists or draws the estate, in the faces that cost most.
PAGES: Final = (
    "/integrations/",
    "/integrations/?show=unhealthy",
    "/integrations/map/",
    "/integrations/map/?group=teams",
    "/integrations/map/?about=system:s0&hops=2",
    "/integrations/map/?stop=system:s0",
    "/integrations/map/?stop=system:s0&about=system:s0&hops=2",
    "/integrations/map/?domain=Domain+3",
    "/integrations/patterns/",
    "/integrations/i0/",
)
#: Measured as well where they are installed: the page of an app that may not be there.
PERHAPS: Final = ("/integrations/systems/", "/data/ownership/")
POLICIES: Final = "controlplane.governance.policies.run"


def measure(size: Size) -> Result:
    """Fill, ask for every page, plan, and run the policies where there are any."""
    amounts = AMOUNTS[size]
    filled = fill(amounts)
    ask = by_client(an_account("Oskar Lind", Role.OPERATOR))
    times = _page_times(ask, amounts.times)
    for url, those in sorted(times.items(), key=lambda pair: -percentile(pair[1], 0.95)):
        tell(f"  p95 {percentile(those, 0.95):7.1f} ms  {url}")
    slowest = max(percentile(those, 0.95) for those in times.values())
    plan = _plan()
    ratios = {"page_vs_limit": slowest / LIMIT_MS, "plan_vs_limit": plan / PLAN_LIMIT_S}
    figures: dict[str, float] = {"page_p95_ms": slowest, "plan_s": plan, "pages": len(times)} | filled
    policies = _policies()
    if policies is not None:
        figures["policies_s"] = policies
        ratios["policies_vs_limit"] = policies / POLICIES_LIMIT_S
    return Result(ratios=ratios, figures=figures, runs=amounts.times)


def _page_times(ask: Ask, times: int) -> Mapping[str, Sequence[float]]:
    there = [url for url in PERHAPS if ask(url).status == HTTPStatus.OK]
    pages = [*PAGES, *there]
    if refused := [url for url in pages if ask(url).status != HTTPStatus.OK]:
        raise RuntimeError(f"not shown: {', '.join(refused)}")
    found: dict[str, list[float]] = {url: [] for url in pages}
    for _ in range(times):
        for url in pages:
            began = time.perf_counter()
            ask(url)
            found[url].append((time.perf_counter() - began) * 1000)
    return found


def _plan() -> float:
    """Seconds of a plan of everything; it has to find that nothing differs."""
    document: Any = export().document
    began = time.perf_counter()
    found = planned(document)
    took = _since(began)
    if not is_empty(found):
        raise RuntimeError("the plan of what was exported is not empty")
    return took


def _policies() -> float | None:
    """Seconds of a run of all policies over everything; None, and said so, where there are none to run."""
    try:
        module = import_module(POLICIES)
    except ModuleNotFoundError:
        tell(f"  policies: not measured, {POLICIES} is not installed")
        return None
    began = time.perf_counter()
    module.run_everything()
    return _since(began)


# -- what is measured ------------------------------------------------------------------------------


def fill(amounts: Amounts) -> dict[str, float]:
    """Apply an estate document, and add by the database what documents do not say; how much there is in the end."""
    began = time.perf_counter()
    apply(estate(amounts.systems, amounts.integrations), actor=SYSTEM)
    tell(f"  applied: {amounts.systems} systems, {amounts.integrations} integrations in {_since(began):.1f} s")
    values: dict[str, Any] = {
        "identities": amounts.identities,
        "places": len(BOUNDS) + 1,
        "now": clock.now().replace(minute=0, second=0, microsecond=0),
    }
    with connection.cursor() as cursor:
        for title, statement in _STATEMENTS.items():
            began = time.perf_counter()
            cursor.execute(statement, values)
            tell(f"  {title}: {cursor.rowcount:,} rows in {_since(began):.1f} s")
        cursor.execute("analyze")
    return {
        "systems": amounts.systems,
        "integrations": amounts.integrations,
        "identities": amounts.identities,
        "attributes": _attributes(amounts.attributes),
    }


def _attributes(many: int) -> int:
    """Rows of the ownership matrix, where it is installed; 0, and said so, where it is not."""
    if not any(one._meta.label == "inventory.EntityAttribute" for one in apps.get_models()):
        tell("  attributes: none, the ownership matrix is not installed")
        return 0
    with connection.cursor() as cursor:
        cursor.execute(_ATTRIBUTES, {"attributes": many})
        return int(cursor.rowcount)


def _since(began: float) -> float:
    return time.perf_counter() - began


#: What there is beside the document: whose it is, what it is for, where it goes, what it has carried, whom it knows.
_STATEMENTS: Final = {
    "teams": "insert into people_team (slug, name) select 't-' || n, 'Team ' || n from generate_series(0, 29) n",
    "processes": """
insert into inventory_process (slug, name, purpose, team_id)
select 'p-' || n, 'Process ' || n, '', (select id from people_team where slug = 't-' || n %% 30)
from generate_series(0, 39) n
""",
    "steps": """
insert into inventory_processstep (process_id, number, slug, name)
select p.id, n, 'step-' || n, 'Step ' || n from inventory_process p cross join generate_series(1, 6) n
""",
    "domains": "update inventory_system set domain = 'Domain ' || id %% 12",
    "integrations": """
update inventory_integration i set process = 'p-' || i.id %% 40, pattern = 'direct', sync_mode = 'near-real-time',
  team_id = (select id from people_team where slug = 't-' || i.id %% 30)
""",
    "carried steps": """
insert into inventory_integration_steps (integration_id, processstep_id)
select i.id, s.id from inventory_integration i join inventory_process p on p.slug = i.process
join inventory_processstep s on s.process_id = p.id and s.number = 1 + i.id %% 6
""",
    "targets": """
insert into inventory_integration_targets (integration_id, interface_id)
select i.id, d.id from inventory_integration i
cross join lateral (select id from inventory_interface order by (id * 7919 + i.id * 104729) %% 9973, id limit 2) d
""",
    "failure modes": """
insert into inventory_failuremode (integration_id, slug, name, sign, workaround)
select id, 'away', 'The other side is away', 'It answers 503.', 'Orders are typed in by hand.'
from inventory_integration
""",
    "counted hours": """
insert into traffic_hour (hour, integration_id, received, succeeded, partial, dead, quarantined, cancelled, ignored,
  under_way, took, counted_at)
select h, i.id, 40, 39, 0, case when i.id %% 97 = 0 then 9 else 0 end, 0, 0, 0, 0,
  array_fill(3, array[%(places)s]), %(now)s
from inventory_integration i cross join generate_series(%(now)s::timestamptz - interval '30 days', %(now)s, '1 hour') h
""",
    "identities": """
with made as (
  insert into inventory_identity (id, kind_id, created_at)
  select uuid7_floor(%(now)s::timestamptz - n * interval '1 ms'), 1, %(now)s from generate_series(1, %(identities)s) n
  returning id
), numbered as (select id, row_number() over (order by id) as n from made),
sides as (select min(id) as one, max(id) as other from inventory_instance)
insert into inventory_identityalias (identity_id, kind_id, instance_id, value, valid)
select m.id, 1, a.instance, a.value, tstzrange('2024-01-01', null)
from numbered m cross join sides
cross join lateral (values (sides.one, 'cus_' || m.n), (sides.other, 'C-' || m.n)) a (instance, value)
""",
}
_ATTRIBUTES: Final = """
insert into inventory_entityattribute (entity_id, pointer, position, type, description, personal, is_identifier, active)
select e.id, '/bench_' || n, 100 + n %% 30000, 'string', '', 'none', false, true
from generate_series(1, %(attributes)s) n
join (select id, row_number() over (order by id) - 1 as place, count(*) over () as many from inventory_entitykind) e
  on e.place = n %% e.many
"""
