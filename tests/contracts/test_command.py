"""``manage.py contract``: what a pipeline is told, in which words, and with which exit code."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import OperationalError

from controlplane.contracts import saying
from controlplane.contracts.checking import check_files
from controlplane.contracts.documents import read_document
from controlplane.contracts.models import Compatibility, Format
from controlplane.contracts.placing import place_of
from tests.contracts.given import a_contract, an_order

OLD = an_order()
NEW = an_order(
    total={"type": "string"},
    note={"type": "string"},
    id={"type": "string"},
    lines={"type": "array", "items": {"type": "object", "properties": {"sku": {"type": "string"}}}},
)
DOCUMENTED = (Path(settings.BASE_DIR) / "docs/contracts.md").read_text()


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the pipeline stands."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "old.json").write_text(json.dumps(OLD, indent=2))
    (tmp_path / "order.json").write_text(json.dumps(NEW, indent=2))
    return tmp_path


def ended(*words: str) -> int:
    """With which code the command ends."""
    try:
        call_command("contract", *words)
    except SystemExit as end:
        return int(str(end.code))
    except CommandError as error:
        return error.returncode
    return 0


def test_two_files_are_compared_without_a_database(folder: Path, capsys: Any) -> None:
    assert ended("check", "order.json", "--against", "old.json") == 1
    said = capsys.readouterr().out
    assert said.splitlines()[:4] == [
        "order.json breaks 'full': 2 breaking, 2 risky, 1 safe.",
        "",
        "breaking total: It is string now; it was number.",
        "  type-changed, breaking for both",
    ]
    assert f"$ python manage.py contract check order.json --against old.json\n{said}```\n" in DOCUMENTED


def test_it_ends_with_0_where_the_mode_is_kept_and_says_so(folder: Path, capsys: Any) -> None:
    assert ended("check", "order.json", "--against", "old.json", "--mode", "none") == 0
    assert capsys.readouterr().out.startswith("order.json keeps 'none': 2 breaking,")
    assert ended("check", "old.json", "--against", "old.json") == 0
    assert capsys.readouterr().out == "old.json keeps 'full': nothing changes.\n"


def test_one_file_alone_is_only_read(folder: Path, capsys: Any) -> None:
    assert ended("check", "order.json") == 0
    assert capsys.readouterr().out == (
        "order.json can be a contract in JSON Schema; there is nothing yet to compare it with.\n"
    )


def test_programs_get_json(folder: Path, capsys: Any) -> None:
    assert ended("check", "order.json", "--against", "old.json", "--format", "json") == 1
    said = json.loads(capsys.readouterr().out)
    assert said["findings"][0] == {
        "rule": "type-changed",
        "path": "total",
        "level": "breaking",
        "writers": "breaking",
        "readers": "breaking",
        "message": "It is string now; it was number.",
        "remedy": "Add a property of the new type beside it, and retire this one later.",
        "against": [],
    }
    del said["findings"]
    assert said == {
        "file": "order.json",
        "format": "json-schema",
        "compatibility": "full",
        "keeps": False,
        "versions": [],
        "writers": "breaking",
        "readers": "breaking",
        "counts": {"breaking": 2, "risky": 2, "safe": 1},
    }


def test_github_marks_the_line_of_each_finding(folder: Path, capsys: Any) -> None:
    assert ended("check", "order.json", "--against", "old.json", "--mode", "backward", "--format", "github") == 1
    said = capsys.readouterr().out
    lines = said.splitlines()
    place = (folder / "order.json").read_text().splitlines().index('    "total": {') + 1
    assert lines[0] == (
        f"::error file=order.json,line={place},col=5,title=type-changed::total: It is string now; it was number. "
        "Add a property of the new type beside it, and retire this one later."
    )
    assert lines[1].startswith("::warning file=order.json,line=")
    assert lines[-1] == "order.json breaks 'backward': 2 breaking, 2 risky, 1 safe."
    assert f"```\n{said}```\n" in DOCUMENTED


def test_what_would_end_an_annotation_is_escaped() -> None:
    assert saying.annotation("error", "a,b:c.json", (3, 1), "rule", "50 %\r\nof it: a, b") == (
        "::error file=a%2Cb%3Ac.json,line=3,col=1,title=rule::50 %25%0D%0Aof it: a, b"
    )


def test_a_name_cannot_speak_to_the_terminal() -> None:
    old = {"type": "object", "properties": {"\x1b[2Ja": {"type": "string"}}}
    new = {"type": "object", "properties": {"\x1b[2Ja": {"type": "number"}}}
    said = "\n".join(saying.in_words(check_files(old, new, Compatibility.FULL), "o.json"))
    assert "breaking �[2Ja: It is number now; it was string." in said
    assert "\x1b" not in said


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ('{"a": 1, "a": 2}', "order.json: 'a' stands twice in one object."),
        ('{\n "type": "object",\n "b" 1}', "order.json:3:6: this is not JSON: Expecting ':' delimiter."),
        ('{"type": "objekt"}', "This is no JSON Schema:"),
        ('{"$schema": "urn:mine"}', "The dialect 'urn:mine' is not known;"),
        ('{"openapi": "3.1.0"}', "This is written in OpenAPI, and what it would be compared with in JSON Schema."),
    ],
)
def test_it_ends_with_2_for_what_cannot_be_read(folder: Path, content: str, words: str) -> None:
    (folder / "order.json").write_text(content)
    with pytest.raises(CommandError) as error:
        call_command("contract", "check", "order.json", "--against", "old.json")
    assert (error.value.returncode, str(error.value)[: len(words)]) == (2, words)


def test_what_cannot_be_read_is_said_in_the_format_that_was_asked_for(folder: Path, capsys: Any) -> None:
    (folder / "order.json").write_text('{\n "a" 1}')
    assert ended("check", "order.json", "--format", "github") == 2
    assert capsys.readouterr().out == (
        "::error file=order.json,line=2,col=6,title=contract-not-checked::order.json:2:6: this is not JSON: Expecting "
        "':' delimiter.\n"
    )
    assert ended("check", "gone.json", "--format", "json") == 2
    assert json.loads(capsys.readouterr().out) == {
        "file": "gone.json",
        "keeps": None,
        "problem": "gone.json cannot be read: No such file or directory.",
    }


@pytest.mark.django_db
def test_a_contract_is_held_to_its_own_promise_unless_another_is_asked_for(folder: Path, capsys: Any) -> None:
    a_contract(versions=[OLD], compatibility=Compatibility.NONE)
    assert ended("check", "order.json", "--contract", "order") == 0
    assert capsys.readouterr().out.startswith("order.json keeps 'none' against version 1: 2 breaking,")
    assert ended("check", "order.json", "--contract", "order", "--mode", "forward") == 1
    assert ended("check", "order.json", "--contract", "gone") == 2


@pytest.mark.django_db
def test_against_several_versions_each_finding_says_which(folder: Path, capsys: Any) -> None:
    a_contract(versions=[NEW, OLD], compatibility=Compatibility.BACKWARD_TRANSITIVE)
    assert ended("check", "order.json", "--contract", "order") == 1
    said = capsys.readouterr().out
    assert said.startswith("order.json breaks 'backward-transitive' against versions 2, 1: 2 breaking,")
    assert "breaking total: It is string now; it was number. (against version 2)\n" in said


def test_without_its_database_it_has_not_compared(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(_slug: str) -> None:
        raise OperationalError("connection refused")

    monkeypatch.setattr("controlplane.contracts.selectors.contract_called", gone)
    with pytest.raises(CommandError) as error:
        call_command("contract", "check", "order.json", "--contract", "order")
    assert error.value.returncode == 2
    assert str(error.value) == "The database cannot be reached, so nothing was compared: connection refused"


@pytest.mark.django_db
def test_contracts_are_listed_and_shown(capsys: Any) -> None:
    a_contract(versions=[OLD, NEW], compatibility=Compatibility.BACKWARD)
    a_contract("prices", format_=Format.AVRO)
    assert ended("list") == 0
    assert capsys.readouterr().out == (
        "order (json-schema, backward, sales): version 2\nprices (avro, full, sales): nothing published\n"
    )
    assert ended("list", "--json") == 0
    assert json.loads(capsys.readouterr().out)[0] == {
        "slug": "order",
        "name": "Order",
        "format": "json-schema",
        "compatibility": "backward",
        "newest": 2,
        "team": "sales",
    }
    assert ended("show", "order") == 0
    assert json.loads(capsys.readouterr().out) == NEW
    assert ended("show", "order", "--version", "1") == 0
    shown = capsys.readouterr()
    assert json.loads(shown.out) == OLD
    assert shown.err.startswith("order version 1, published, ")
    assert ended("show", "order", "--version", "3") == 2
    assert ended("show", "prices") == 2


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("", 1),
        ("a.b", 3),
        ("a", 4),
        ("a.c", 4),
        ("list[].price", 7),
        ("list[].gone", 6),
        ("pair[1].x", 9),
        ("a anyOf", 4),
    ],
)
def test_a_finding_stands_on_the_line_of_what_it_names_or_of_what_is_around_it(path: str, line: int) -> None:
    text = """{
 "$defs": {"item": {"properties": {
  "x": {}}}}, "properties": {"a.b": {},
  "a": {"type": "object"},
  "list": {"type": "array",
   "items": {"properties": {
    "price": {"type": "string"}}}},
  "pair": {"prefixItems": [{"type": "string"},
   {"properties": {"x": {}}}]}}}"""
    assert place_of(read_document(text.encode(), "o.json"), path)[0] == line
