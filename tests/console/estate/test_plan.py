"""``manage.py estate plan``: what applying a document would change, entry by entry, and how it ends."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from controlplane.console.estate.apply import planned
from controlplane.console.estate.plan import as_values
from controlplane.credentials.models import Credential
from controlplane.transactions.models import DestinationState, Route
from tests.console.estate.conftest import ApplyIt, Document, changed, counted, small
from tests.console.estate.test_command import written


def plan(folder: Path, document: Document, *options: str) -> tuple[int, str]:
    """How the plan of a document ends, and what it prints. It changes nothing."""
    out, before = io.StringIO(), counted()
    try:
        call_command("estate", "plan", str(written(folder, document)), *options, stdout=out)
    except SystemExit as ended:
        status = int(str(ended.code))
    else:
        status = 0
    assert counted() == before
    return status, out.getvalue()


def test_what_is_as_it_is_written_is_an_empty_plan(apply_it: ApplyIt, tmp_path: Path) -> None:
    apply_it(small())

    assert plan(tmp_path, small()) == (0, "0 to create, 0 to change, 15 as they are\n")


@pytest.mark.django_db
def test_of_an_empty_installation_everything_is_to_be_made(tmp_path: Path) -> None:
    status, printed = plan(tmp_path, small())

    lines = printed.splitlines()
    assert (status, lines[0], lines[-1]) == (2, "+ teams.finance", "15 to create, 0 to change, 0 as they are")
    assert "+ flows.tell" in lines
    assert len(lines) == 16


def test_each_field_that_would_differ_is_shown_with_both_its_values(apply_it: ApplyIt, tmp_path: Path) -> None:
    apply_it(changed(small(), "destinations.listener.rate_per_second", 10))
    document = changed(small(), "destinations.listener", {"instance": "billing", "rate_per_second": 20, "name": "L"})
    document = changed(document, "teams.support", {})
    document = changed(document, "integrations.invoices.team", "support")
    document = changed(document, "integrations.invoices.purpose", "x" * 80)
    document = changed(document, "endpoints.billing.retention", "long")
    document = changed(document, "endpoints.billing.secrets", ["env://NEW", "env://WEBHOOK_SECRET"])
    document = changed(document, "instances.billing.settings", {"limits": {"burst": 5}})
    del document["flows"]

    status, printed = plan(tmp_path, document)

    assert status == 2
    assert sorted_by_entry(printed) == sorted_by_entry(f"""\
+ teams.support
~ instances.billing
    settings.limits: nothing -> {{"burst": 5}}
~ integrations.invoices
    purpose: "" -> "{"x" * 58}…
    team: "finance" -> "support"
~ endpoints.billing
    secrets: ["env://WEBHOOK_SECRET"] -> ["env://NEW", "env://WEBHOOK_SECRET"]
    retention: "standard" -> "long"
~ destinations.listener
    name: "Listener" -> "L"
    instance: "listener" -> "billing"
    rate_per_second: 10.0 -> 20.0
1 to create, 4 to change, 10 as they are
""")


def sorted_by_entry(printed: str) -> list[str]:
    """Lines as they are; those of one entry sorted."""
    *entries, counts = printed.replace("\n    ", "\t").splitlines()
    return [*sorted("\t".join(sorted(entry.split("\t"))) for entry in entries), counts]


def test_what_is_kept_in_versions_says_that_a_new_one_would_be_made(apply_it: ApplyIt, tmp_path: Path) -> None:
    apply_it(small())
    document = changed(small(), "contracts.invoice.schema", {"type": "object", "required": ["id"]})
    document = changed(document, "mappings.canonical.lines", {"number": "record.number", "id": "record.id"})
    document = changed(document, "flows.tell.steps.0.mapping.number", "event.id")
    document = changed(document, "flows.tell.routes", [{"event_type": "invoice.sent"}])

    status, printed = plan(tmp_path, document)

    assert status == 2
    assert sorted_by_entry(printed) == sorted_by_entry("""\
~ contracts.invoice
    a new version, v2
    schema.required: nothing -> ["id"]
~ mappings.canonical
    a new version, v2
    lines.id: nothing -> "record.id"
    lines.number: "record.id" -> "record.number"
~ normalisations.paid
    contract: "invoice v1" -> "invoice v2"
    mapping: "canonical v1" -> "canonical v2"
~ flows.tell
    a new version, v2
    routes.1: new
    no longer starts with invoice.paid
    steps.tell.mapping.number: "event.number" -> "event.id"
0 to create, 4 to change, 11 as they are
""")


def test_lines_in_another_order_are_a_new_version_that_says_so(apply_it: ApplyIt, tmp_path: Path) -> None:
    apply_it(changed(small(), "mappings.canonical.lines", {"a": "record.a", "b": "record.b"}))
    file = "mappings: {canonical: {integration: invoices, lines: {b: record.b, a: record.a}}}"

    status, printed = plan(tmp_path, file)  # type: ignore[arg-type]

    assert status == 2
    assert printed.splitlines()[:3] == [
        "~ mappings.canonical",
        "    a new version, v2",
        '    lines (order): {"a": "record.a", "b": "record.b"} -> {"b": "record.b", "a": "record.a"}',
    ]


def test_a_route_that_starts_again_is_a_change_of_the_flow(apply_it: ApplyIt, tmp_path: Path) -> None:
    apply_it(small())
    Route.objects.update(active=False, condition="event.x")

    assert plan(tmp_path, {"flows": small()["flows"], "destinations": small()["destinations"]}) == (
        2,
        """\
~ flows.tell
    routes.1.condition: "event.x" -> ""
    routes.1.active: false -> true
0 to create, 1 to change, 1 as they are
""",
    )


def test_what_stands_where_a_reference_belongs_is_not_shown(apply_it: ApplyIt, tmp_path: Path) -> None:
    apply_it(small())
    Credential.objects.update(references={"api_key": "sk_live_hunter2"})

    _, printed = plan(tmp_path, small())

    assert '    references.api_key: "(no reference: not shown)" -> "env://KEY"\n' in printed
    assert "hunter2" not in printed


def test_programs_are_told_the_same_with_whole_values(apply_it: ApplyIt, tmp_path: Path) -> None:
    apply_it(small())
    purpose: Any = "y" * 200
    document = changed(small(), "integrations.invoices.purpose", purpose)
    document = changed(document, "teams.support", {})

    status, printed = plan(tmp_path, document, "--json")

    assert status == 2
    assert json.loads(printed) == {
        "changes": [
            {"entry": "teams.support", "change": "created", "notes": [], "fields": []},
            {
                "entry": "integrations.invoices",
                "change": "changed",
                "notes": [],
                "fields": [{"field": "purpose", "before": "", "after": purpose}],
            },
        ],
        "flagged": [],
        "created": 1,
        "changed": 1,
        "same": 14,
    }


def test_mistakes_end_it_and_programs_are_given_them_as_a_list(apply_it: ApplyIt, tmp_path: Path) -> None:
    file = written(tmp_path, "teams:\n  a: {nam: A}\n  b: {name: 7}\n")
    out = io.StringIO()

    with pytest.raises(CommandError) as caught:
        call_command("estate", "plan", str(file), "--json", stdout=out)

    problems = [
        f"{file}:2:7: teams.a: there is no field 'nam'; did you mean 'name'?",
        f"{file}:3:7: teams.b.name: expected text, found a whole number; put it in quotes.",
    ]
    assert json.loads(out.getvalue()) == {"problems": problems}
    assert str(caught.value) == "\n".join([*problems, "Nothing was changed."])
    assert caught.value.returncode == 1


def test_a_plan_leaves_what_people_set_meanwhile(apply_it: ApplyIt, tmp_path: Path) -> None:
    apply_it(small())
    DestinationState.objects.update(max_in_flight=2)

    status, printed = plan(tmp_path, changed(small(), "destinations.listener.max_in_flight", 8))

    assert status == 2
    assert "~ destinations.listener\n    max_in_flight: 2 -> 8\n" in printed
    assert DestinationState.objects.get().max_in_flight == 2


def test_of_named_steps_each_is_told_by_itself_and_so_is_their_order(apply_it: ApplyIt) -> None:
    def step(name: str, value: str) -> dict[str, Any]:
        return {
            "name": name,
            "kind": "deliver",
            "destination": "listener",
            "operation": "send",
            "mapping": {"number": value},
        }

    apply_it(changed(small(), "flows.tell.steps", [step("tell", "event.number"), step("ask", "event.id")]))
    steps = [step("ask", "event.other"), step("note", "event.id"), step("tell", "event.number")]

    found = as_values(planned(changed(small(), "flows.tell.steps", steps)))

    (flow,) = [one for one in found["changes"] if one["entry"] == "flows.tell"]
    told = {one["field"]: (one["before"], one["after"]) for one in flow["fields"]}
    assert told["steps (order)"] == (["tell", "ask"], ["ask", "tell"])
    assert told["steps.ask.mapping.number"] == ("event.id", "event.other")
    assert told["steps.note"][0] is None
    assert told["steps.note"][1]["mapping"] == {"number": "event.id"}
    assert set(told) == {"steps (order)", "steps.ask.mapping.number", "steps.note"}
