"""All that is wrong with a document is told at once, in its order, each with its line and column."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from controlplane.console.estate.problems import Refused
from controlplane.console.estate.reading import read
from controlplane.foundation.errors import Invalid
from controlplane.inventory.models import System
from tests.console.estate.conftest import ApplyIt, changed, complaint, counted, journeys, small


def told(apply_it: ApplyIt, folder: Path, text: str) -> list[str]:
    """What is said of a document in a file, without its name. Nothing of it is applied."""
    file = folder / "estate.yaml"
    file.write_text(text)
    before = counted()
    with pytest.raises(Refused) as caught:
        apply_it(read(file))
    assert counted() == before
    assert caught.value.detail.splitlines() == list(caught.value.problems)
    assert all(problem.startswith(f"{file}:") for problem in caught.value.problems)
    return [problem.removeprefix(f"{file}:") for problem in caught.value.problems]


SEVERAL = """\
jobs:
  customers: {integration: invoices, interface: webhooks, stream: customer, event_type: a, schedule: crom, page_size: 0}
system:
  nowhere: {connector: webhook}
teams:
  finance: {}
  finance: {nmae: Money}
systems:
  billing: {connector: stirpe, hue: -1, name: yes}
  listener:
    connector: webhook
    colour: red
instances:
  billing: {system: billing}
  listener: {system: listener, base_url: "https://[::1", settings: {since: 2026-11-21, api_key: x}}
interfaces:
  webhooks: {instance: bililng, kind: webhok}
integrations:
  invoices: {team: finance, source: webhooks}
"""


def test_every_mistake_is_told_in_the_order_of_the_document(apply_it: ApplyIt, tmp_path: Path) -> None:
    assert told(apply_it, tmp_path, SEVERAL) == [
        "2:92: jobs.customers.schedule: there is no 'crom'; did you mean 'cron'?",
        "2:108: jobs.customers.page_size: expected more than zero.",
        "3:1: There is no section 'system'; did you mean 'systems'?",
        "7:3: 'finance' stands here twice.",
        "7:13: teams.finance: there is no field 'nmae'; did you mean 'name'?",
        "9:13: systems.billing.connector: there is no 'stirpe'; did you mean 'stripe'?",
        "9:32: systems.billing.hue: Ensure this value is greater than or equal to 0.",
        "9:41: systems.billing.name: expected text, found true or false; put it in quotes.",
        (
            "12:5: systems.listener: there is no field 'colour'; there are: connector, domain, hue, monogram, name, "
            "owner, purpose, stage, team, vendor."
        ),
        "15:32: instances.listener.base_url: this is not an address such as https://erp.example.",
        (
            "15:58: instances.listener.settings: 'api_key' looks like a secret; "
            "give a reference to it under credentials."
        ),
        (
            "15:69: instances.listener.settings.since: a date like this cannot be kept; "
            "put it in quotes if it is meant as text."
        ),
        "17:14: interfaces.webhooks.instance: there is no 'bililng'; did you mean 'billing'?",
        "17:33: interfaces.webhooks.kind: there is no 'webhok'; did you mean 'webhook'?",
    ]


def test_what_stands_on_something_wrong_is_not_told_that_it_is_missing(apply_it: ApplyIt) -> None:
    words = complaint(apply_it, changed(small(), "systems", {"billing": {"connector": "x"}, "listener": "webhook"}))

    assert words.splitlines() == [
        (
            "systems.billing.connector: there is no 'x'; "
            "there are: amqp, kafka, nats, redis_streams, stripe, tryton, webhook."
        ),
        "systems.listener: expected names with values, found text.",
    ]


@pytest.mark.parametrize("section", ["teams", "systems", "instances", "interfaces", "contracts", "destinations"])
def test_a_section_that_cannot_be_read_is_one_mistake(apply_it: ApplyIt, section: str) -> None:
    words = complaint(apply_it, changed(small(), section, ["all of it"]))

    assert words == f"{section}: give each entry a name of its own; found a list."


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("destinatoins", "; did you mean 'destinations'?"),
        ("targets", "; there are: "),
    ],
)
def test_a_section_whose_name_is_wrong_is_one_mistake(apply_it: ApplyIt, name: str, said: str) -> None:
    document = small()
    document[name] = document.pop("destinations")

    words = complaint(apply_it, document)

    assert words.startswith(f"There is no section {name!r}{said}")
    assert len(words.splitlines()) == 1


#: What is put where → the one thing that is said, although more depends on it.
ONE_MISTAKE: dict[str, tuple[str, Any, str]] = {
    "section that cannot be kept": (
        "interfaces",
        dt.date(2026, 11, 21),
        "interfaces: a date like this cannot be kept; put it in quotes if it is meant as text.",
    ),
    "slug that is a number": ("teams", {7: {}}, "teams: a name is text; put 7 in quotes."),
    "references that are text": (
        "credentials.billing.references",
        "env://KEY",
        "credentials.billing.references: expected names with values, found text.",
    ),
    "secrets that are text": (
        "endpoints.billing.secrets",
        "env://SECRET",
        "endpoints.billing.secrets: expected a list, found text.",
    ),
    "entry that is a date": (
        "normalisations.paid",
        dt.date(2026, 11, 21),
        "normalisations.paid: a date like this cannot be kept; put it in quotes if it is meant as text.",
    ),
    "type that is a list": (
        "normalisations.paid.event_type",
        ["invoice.paid"],
        "normalisations.paid.event_type: expected text, found a list; put it in quotes.",
    ),
    "schema with a date": (
        "contracts.invoice.schema.const",
        dt.date(2026, 11, 21),
        "contracts.invoice.schema.const: a date like this cannot be kept; put it in quotes if it is meant as text.",
    ),
    "step that is a date": (
        "flows.tell.steps.0",
        dt.date(2026, 11, 21),
        "flows.tell.steps.1: a date like this cannot be kept; put it in quotes if it is meant as text.",
    ),
    "step before one that needs it": (
        "flows.tell.steps",
        ["ask", small()["flows"]["tell"]["steps"][0] | {"needs": ["ask"]}],
        "flows.tell.steps.1: expected names with values, found text.",
    ),
}


@pytest.mark.parametrize("mistake", ONE_MISTAKE)
def test_what_follows_from_a_mistake_is_not_told_as_well(apply_it: ApplyIt, mistake: str) -> None:
    where, value, said = ONE_MISTAKE[mistake]

    assert complaint(apply_it, changed(small(), where, value)) == said


def test_what_is_there_already_does_not_stand_in_for_an_entry_that_is_wrong(apply_it: ApplyIt) -> None:
    apply_it(small())
    document = changed(small(), "systems.listener.connector", "webhok")
    document = changed(document, "flows.tell.steps.0.operation", "anything")

    words = complaint(apply_it, document)

    assert words == "systems.listener.connector: there is no 'webhok'; did you mean 'webhook'?"
    assert System.objects.get(slug="listener").connector == "webhook"


def test_several_steps_of_a_flow_each_say_what_is_wrong(apply_it: ApplyIt, tmp_path: Path) -> None:
    flow = """
flows:
  told:
    integration: customer-master
    steps:
      - {name: a, kind: deliver, destination: listener, operation: send, needs: [b]}
      - {name: b, kind: deliver, destination: listener, operation: sent, when: "event..x"}
      - {name: c, kind: deliver, destination: listner, operation: send, lane: fast}
      - {name: a, kind: mpa, destination: listener}
    routes: [{event: party.changed}]
"""
    apply_it(journeys())

    assert [problem.split(" This")[0] for problem in told(apply_it, tmp_path, flow)] == [
        "7:57: flows.told.steps.2.operation: there is no 'sent'; did you mean 'send'?",
        "7:74: flows.told.steps.2.when:",
        "8:34: flows.told.steps.3.destination: there is no 'listner'; did you mean 'listener'?",
        "8:73: flows.told.steps.3.lane: there is no 'fast'; there are: bulk, critical, normal.",
        "9:19: flows.told.steps.4.kind: there is no 'mpa'; did you mean 'map'?",
        "10:14: flows.told.routes.1 needs 'event_type'.",
        "10:15: flows.told.routes.1: there is no field 'event'; did you mean 'event_type'?",
    ]


def test_a_circle_of_steps_is_told_step_by_step(apply_it: ApplyIt) -> None:
    steps: list[dict[str, Any]] = [
        small()["flows"]["tell"]["steps"][0] | {"name": name, "needs": [needs]} for name, needs in ("ab", "bc", "ca")
    ]

    words = complaint(apply_it, changed(small(), "flows.tell.steps", steps))

    assert words.splitlines() == [
        "flows.tell.steps: Step 'a' needs 'b', which is not a step before it.",
        "flows.tell.steps: Step 'b' needs 'c', which is not a step before it.",
    ]


def test_two_normalisations_of_one_type_are_a_mistake(apply_it: ApplyIt) -> None:
    document = small()
    document["normalisations"]["again"] = document["normalisations"]["paid"] | {"canonical_type": "another"}

    words = complaint(apply_it, document)

    assert words == (
        "normalisations.again.event_type: normalisations.paid says already what becomes of 'invoice.paid' there."
    )


def test_what_was_repeated_by_an_anchor_is_found_where_it_was_written(apply_it: ApplyIt, tmp_path: Path) -> None:
    text = "teams:\n  a.b: &one {name: 7}\n  second: {<<: *one}\n  third: *one\n"

    assert told(apply_it, tmp_path, text) == [
        "2:3: teams.a.b.slug: Enter a valid “slug” consisting of letters, numbers, underscores or hyphens.",
        "2:14: teams.a.b.name: expected text, found a whole number; put it in quotes.",
        "2:14: teams.second.name: expected text, found a whole number; put it in quotes.",
        "2:14: teams.third.name: expected text, found a whole number; put it in quotes.",
    ]


def test_whoever_catches_what_is_invalid_is_given_all_of_it(apply_it: ApplyIt) -> None:
    with pytest.raises(Invalid) as caught:
        apply_it({"teams": {"a": {"name": 7}, "b": {"name": 8}}})

    assert (caught.value.status, caught.value.field) == (422, "")
    assert caught.value.detail == (
        "teams.a.name: expected text, found a whole number; put it in quotes.\n"
        "teams.b.name: expected text, found a whole number; put it in quotes."
    )
