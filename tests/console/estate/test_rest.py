"""The estate over the API: planned, applied once, exported, and refused with what is wrong where it stands."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import pytest
import yaml
from django.test import Client

from controlplane.audit.models import AuditRecord, Via
from controlplane.console.estate.schema import schema
from controlplane.console.promotion.kind import PROMOTION
from controlplane.foundation.errors import Invalid
from controlplane.foundation.registries import subjects
from controlplane.governance.kinds import Decides
from controlplane.governance.models import Board
from controlplane.inventory.models import FieldChange, Integration
from controlplane.people.roles import Role
from tests.console.estate.conftest import ApplyIt, changed, counted, small
from tests.people.rest.asking import Program, a_program
from tests.transactions.factories import an_account

pytestmark = pytest.mark.django_db
OWN = "application/yaml"


@pytest.fixture
def program() -> Program:
    """Of somebody who may configure everywhere."""
    return a_program(an_account("Oskar Lind", Role.OPERATOR), Role.OPERATOR)


def sent(program: Program, path: str, text: str, kind: str = OWN, key: str = "") -> Any:
    headers = {"Authorization": f"Bearer {program.secret}"} | ({"Idempotency-Key": key} if key else {})
    return program.client.generic("POST", f"/api/v1/estate/{path}", text, kind, headers=headers)


def test_a_document_is_planned_and_nothing_is_changed(program: Program) -> None:
    before = counted()

    answer = sent(program, "plan", yaml.safe_dump(small()))

    assert answer.status_code == 200, answer.content
    told = answer.json()
    assert (told["created"], told["changed"], told["same"]) == (15, 0, 0)
    assert {"entry": "teams.finance", "change": "created", "notes": [], "fields_changed": []} in told["changes"]
    assert counted() == before


@pytest.mark.parametrize(("kind", "write"), [(OWN, yaml.safe_dump), ("application/json", json.dumps)])
def test_it_is_applied_as_yaml_and_as_json_and_says_who_and_why(program: Program, kind: str, write: Any) -> None:
    sent(program, "apply", write(small()), kind)
    document = changed(small(), "integrations.invoices.purpose", "Paid is told.")

    answer = sent(program, "apply?reason=It+was+empty.", write(document), kind)

    [change] = answer.json()["changes"]
    assert change["entry"] == "integrations.invoices"
    assert change["fields_changed"] == [{"field": "purpose", "before": "", "after": "Paid is told."}]
    kept = FieldChange.objects.latest("pk")
    assert (kept.field, kept.by_label, kept.reason) == ("purpose", "Oskar Lind, by token “nightly”", "It was empty.")
    record = AuditRecord.objects.latest("id")
    assert (record.action, record.via, record.reason) == ("estate.applied", Via.API, "It was empty.")


def test_the_same_request_again_is_answered_alike_and_applied_once(program: Program) -> None:
    first = sent(program, "apply", yaml.safe_dump(small()), key="once")
    again = sent(program, "apply", yaml.safe_dump(small()), key="once")
    assert (first.json()["created"], again.content) == (15, first.content)
    assert again["Idempotent-Replayed"] == "true"
    assert AuditRecord.objects.filter(action="estate.applied").count() == 1
    other = sent(program, "apply", "teams: {}\n", key="once")
    assert other.status_code == 422


@pytest.mark.parametrize(
    ("kind", "text", "problems"),
    [
        (
            OWN,
            "systems:\n  erp: {connector: tritn}\nteams:\n  a: {nam: A}\n",
            [
                ("systems.erp.connector: there is no 'tritn'; did you mean 'tryton'?", 2, 9),
                ("teams.a: there is no field 'nam'; did you mean 'name'?", 4, 7),
            ],
        ),
        (
            OWN,
            "destinations:\n  erp:\n    max_in_flight: 3000000000\n    rate_per_second: 1.0e-14\n",
            [
                ("destinations.erp needs 'instance'.", 2, 3),
                ("destinations.erp.max_in_flight: expected between 1 and 1,000 calls at once.", 3, 5),
                ("destinations.erp.rate_per_second: expected between 0.001 and 10,000 calls a second.", 4, 5),
            ],
        ),
        (
            "application/json",
            '{"teams": {\n  "a": {"nam": "A"},\n  "a": {}}}',
            [("'a' stands here twice.", 3, 3)],
        ),
        (OWN, "teams: [", [("expected the node content, but found '<stream end>'.", 1, 9)]),
        ("application/json", '{"teams": nope}', [("This is not JSON: invalid literal", 1, 11)]),
        (OWN, "", [("An estate document holds sections: ", 1, 1)]),
        (OWN, '"\\ud800": {}', [("There is no section ", 1, 1)]),
        ("application/json", "7", [("An estate document holds sections: ", 1, 1)]),
    ],
)
def test_every_mistake_is_told_with_its_line_and_column(program: Program, kind: str, text: str, problems: Any) -> None:
    answer = sent(program, "plan", text, kind)
    assert (answer.status_code, answer["content-type"]) == (422, "application/problem+json")
    told = answer.json()["problems"]
    assert len(told) == len(problems)
    for one, (words, line, column) in zip(told, problems, strict=True):
        assert one["message"].startswith(words)
        assert (one["line"], one["column"]) == (line, column)


def test_what_is_no_document_at_all_is_refused_in_words(program: Program) -> None:
    assert sent(program, "plan", "a,b", "text/csv").status_code == 415
    assert sent(program, "plan?reason=x", "{}").json()["field"] == "reason"
    assert sent(program, "apply", "teams: {a: {}}", key=" ").status_code == 400


def test_it_is_exported_as_it_is_applied(program: Program) -> None:
    sent(program, "apply", yaml.safe_dump(small()))

    answer = program.get("estate")

    assert (answer.status_code, answer["content-type"]) == (200, OWN)
    assert sent(program, "plan", answer.content.decode()).json()["changes"] == []
    one = yaml.safe_load(program.get("estate", environment="production").content)
    assert set(one["integrations"]) == {"invoices"}
    wrong = program.get("estate", environment="stagin")
    assert (wrong.status_code, wrong.json()["detail"]) == (
        422,
        "There is no environment 'stagin'; there are: production.",
    )


@pytest.mark.parametrize("role", [Role.BOARD, Role.AUDITOR])
def test_only_who_may_configure_everywhere_may(role: Role) -> None:
    program = a_program(an_account("Priya Raman", role), role)
    for answer in (sent(program, "plan", "{}"), sent(program, "apply", "{}"), program.get("estate")):
        assert answer.status_code == 403
        assert "configure integrations" in answer.json()["detail"]


def test_everybody_may_read_the_format() -> None:
    answer = Client().get("/api/v1/estate/schema.json")
    assert (answer.status_code, answer["content-type"]) == (200, "application/schema+json")
    assert answer.json() == json.loads(json.dumps(schema()))


@pytest.fixture
def promotion(db: None) -> Iterator[None]:
    """A kind of change whose board decides what becomes live."""

    def decides(where: str, said: Mapping[str, Any]) -> Decides | None:
        if where.startswith("integrations.") and said.get("stage", "live") == "live":
            return Decides("Architecture", f"/changes/new/?of={where}", "stage")
        return None

    Board.objects.create(slug="architecture", name="Architecture", kinds=["promotion-of-tests"])
    subjects.register("promotion-of-tests", replace(PROMOTION, governs=lambda: decides))
    yield
    subjects._entries.pop("promotion-of-tests")


@pytest.mark.usefixtures("promotion")
def test_a_document_does_not_do_what_a_board_decides(program: Program, apply_it: ApplyIt) -> None:
    apply_it(changed(small(), "integrations.invoices.stage", "approved"))
    with pytest.raises(Invalid, match="the board 'Architecture' decides this"):
        apply_it(small())
    text = "teams:\n  finance: {name: Money}\nintegrations:\n  invoices:\n    team: finance\n    source: webhooks\n"
    text += "    stage: live\n"

    answer = sent(program, "apply", f"{text}interfaces:\n  webhooks: {{instance: billing, kind: webhook}}\n")

    assert answer.status_code == 422
    assert answer.json()["problems"] == [
        {
            "message": "integrations.invoices.stage: the board 'Architecture' decides this (promotion-of-tests), so no "
            "document does. Propose it: /changes/new/?of=integrations.invoices",
            "line": 7,
            "column": 5,
        }
    ]
    assert Integration.objects.get().stage == "approved"
    assert apply_it(changed(small(), "integrations.invoices", {"team": "finance", "stage": "approved"})).changed == [
        "integrations.invoices"
    ]
