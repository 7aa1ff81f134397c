"""Whether a document may become the next version of a contract: what follows, for whom, and what is refused."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest

from controlplane.contracts.checking import check, check_files, differences
from controlplane.contracts.comparison import Report, Version, compare
from controlplane.contracts.documents import check_document, format_of, read_document
from controlplane.contracts.models import Compatibility, Format, VersionState
from controlplane.contracts.rules.rule import Side
from controlplane.foundation.documents.reading import Unreadable
from controlplane.foundation.errors import Invalid
from controlplane.governance.rules.changed import Level
from tests.contracts.given import a_contract, a_version, an_order

WITHOUT_EMAIL = an_order(email=None)
ORDER = an_order()
#: Lets in less: who writes is hurt. Lets in more: who reads is hurt.
NARROWER = an_order(status={"enum": ["open"]})
WIDER = an_order(customer={"type": ["string", "null"]})
ASYNCAPI = {"asyncapi": "3.0.0", "info": {"title": "Orders", "version": "1"}}
AVRO = {"type": "record", "name": "Order", "fields": []}


def found(report: Report) -> list[tuple[str, str, str, tuple[int, ...]]]:
    """Rule, path, level and versions of every finding."""
    return [(one.finding.rule, one.finding.path, one.finding.level.value, one.against) for one in report.findings]


@pytest.mark.parametrize(
    ("mode", "narrower", "wider"),
    [
        ("none", True, True),
        ("backward", False, True),
        ("forward", True, False),
        ("full", False, False),
        ("backward-transitive", False, True),
        ("forward-transitive", True, False),
        ("full-transitive", False, False),
    ],
)
def test_a_mode_protects_those_whom_it_names(mode: str, narrower: bool, wider: bool) -> None:
    promised = Compatibility(mode)
    assert check_files(ORDER, NARROWER, promised).keeps is narrower
    assert check_files(ORDER, WIDER, promised).keeps is wider
    assert check_files(ORDER, ORDER, promised).keeps is True


def test_the_worst_stands_first_and_all_are_counted() -> None:
    report = check_files(ORDER, an_order(id={"type": "string"}, total={"type": "string"}, note={}), Compatibility.FULL)
    assert found(report) == [
        ("type-changed", "total", "breaking", ()),
        ("words-changed", "id", "safe", ()),
        ("property-added", "note", "safe", ()),
    ]
    assert report.counts == {Level.BREAKING: 1, Level.RISKY: 0, Level.SAFE: 2}
    assert report.levels == {Side.WRITERS: Level.BREAKING, Side.READERS: Level.BREAKING}


@pytest.mark.django_db
def test_only_a_transitive_promise_is_about_more_than_the_last_version() -> None:
    versions = [an_order(total={"type": "string"}), ORDER]
    contract = a_contract(versions=versions, compatibility=Compatibility.BACKWARD)
    report = check(contract, ORDER)
    assert (report.versions, report.keeps, found(report)) == ((2,), True, [])
    contract.compatibility = Compatibility.BACKWARD_TRANSITIVE
    report = check(contract, ORDER)
    assert (report.versions, report.keeps) == ((2, 1), False)
    assert found(report) == [("type-changed", "total", "breaking", (1,))]


@pytest.mark.django_db
def test_the_same_finding_against_several_versions_is_said_once_with_all_of_them() -> None:
    contract = a_contract(versions=[ORDER, ORDER, WIDER], compatibility=Compatibility.FULL_TRANSITIVE)
    assert found(check(contract, NARROWER)) == [
        ("enum-value-removed", "status", "breaking", (3, 2, 1)),
        ("null-refused", "customer", "breaking", (3,)),
    ]


@pytest.mark.django_db
def test_what_was_never_published_or_is_retired_binds_nobody() -> None:
    contract = a_contract()
    assert check(contract, ORDER).as_json() | {"findings": []} == {
        "format": "json-schema",
        "compatibility": "full",
        "keeps": True,
        "versions": [],
        "writers": "safe",
        "readers": "safe",
        "counts": {"breaking": 0, "risky": 0, "safe": 0},
        "findings": [],
    }
    a_version(contract, NARROWER, state=VersionState.RETIRED)
    a_version(contract, WIDER, state=VersionState.DRAFT)
    assert check(contract, ORDER).versions == ()


@pytest.mark.django_db
def test_two_versions_are_compared_whichever_was_first() -> None:
    contract = a_contract(versions=[ORDER, NARROWER])
    first, second = contract.versions.order_by("number")
    assert found(differences(first, second)) == [("enum-value-removed", "status", "breaking", (1,))]
    assert found(differences(second, first)) == [("enum-value-added", "status", "risky", (2,))]


@pytest.mark.parametrize(("format_", "document"), [(Format.ASYNCAPI, ASYNCAPI), (Format.AVRO, AVRO)])
def test_what_no_rule_judges_is_risky_and_says_so(format_: Format, document: dict[str, Any]) -> None:
    report = compare(format_, Compatibility.FULL, [Version(document, 4)], document | {"doc": "Ours."})
    assert found(report) == [("format-not-judged", "", "risky", (4,))]
    assert report.findings[0].finding.message == (
        f"It changed, and no rule here judges {format_.label}: what breaks is not known."
    )
    assert report.levels == {Side.WRITERS: Level.RISKY, Side.READERS: Level.RISKY}
    assert found(compare(format_, Compatibility.FULL, [Version(document, 4)], dict(document))) == []


def test_versions_that_are_too_large_together_are_left_out_and_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("controlplane.contracts.comparison.MOST_BYTES", len(json.dumps(ORDER)))
    before = [Version(ORDER, 3), Version(ORDER, 2), Version(NARROWER, 1)]
    report = compare(Format.JSON_SCHEMA, Compatibility.FULL_TRANSITIVE, before, ORDER)
    assert report.versions == (3,)
    assert found(report) == [("versions-not-compared", "", "risky", ())]
    assert report.findings[0].finding.message == (
        "All versions together are too large to be compared at once; left out: 2, 1."
    )


@pytest.mark.parametrize(
    ("document", "format_"),
    [
        ({"type": "object"}, Format.JSON_SCHEMA),
        (True, Format.JSON_SCHEMA),
        ({"type": "enum"}, Format.JSON_SCHEMA),
        ({"openapi": "3.1.0"}, Format.OPENAPI),
        ({"swagger": "2.0"}, Format.OPENAPI),
        (ASYNCAPI, Format.ASYNCAPI),
        (AVRO, Format.AVRO),
    ],
)
def test_a_document_tells_what_it_is_written_in(document: Any, format_: Format) -> None:
    assert format_of(document) is format_


@pytest.mark.parametrize(
    ("document", "words"),
    [
        ("a word", "A JSON Schema is an object, or true or false; this is neither."),
        ([], "A JSON Schema is an object, or true or false; this is neither."),
        (
            {"properties": {"total": {"type": "nummer"}}},
            (
                'This is no JSON Schema: "nummer" is not valid under any of the schemas listed in the '
                "'anyOf' keyword, at /properties/total/type."
            ),
        ),
        ({"pattern": "("}, 'This is no JSON Schema: "(" is not a "regex", at /pattern.'),
        ({"$ref": "#/$defs/gone"}, "This is no JSON Schema: Pointer '/$defs/gone' does not exist."),
        (
            {"$ref": "https://schemas.example/money.json"},
            (
                "It refers to https://schemas.example/money.json, and nothing is fetched: put what it refers to under "
                "$defs."
            ),
        ),
        (
            {"$schema": "http://json-schema.org/draft-04/schema#"},
            (
                "The dialect 'http://json-schema.org/draft-04/schema#' is not known; these are: 2019-09, 2020-12, "
                "OpenAPI 3.1, draft-07."
            ),
        ),
        (
            {"openapi": "3.1.0"},
            (
                "This is written in OpenAPI, and what it would be compared with in JSON Schema. Nothing was compared: "
                "bring the document of the same format."
            ),
        ),
    ],
)
def test_what_cannot_be_a_schema_is_refused_with_the_reason(document: Any, words: str) -> None:
    with pytest.raises(Invalid) as refused:
        check_document(Format.JSON_SCHEMA, document)
    assert refused.value.detail == words


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b'{"a": 1, "a": 2}', "o.json: 'a' stands twice in one object."),
        (b'{"a": NaN}', "o.json: NaN is no number in JSON."),
        (b'{"a" 1}', "o.json:1:6: this is not JSON: Expecting ':' delimiter."),
        (b"a: [1", "o.json:2:1: this is not YAML: did not find expected ',' or ']'."),
        (b"\xff\xfe", "o.json is not text in UTF-8: byte 1 is none."),
        (b"a: 1\n---\nb: 2", "o.json: this takes one document; there are 2 in it."),
        (b"[" * 300 + b"]" * 300, "o.json: It is nested deeper than 200 levels."),
        (b" " * (4 * 1024 * 1024 + 1), "o.json has 4,194,305 bytes; 4,194,304 are read at most."),
    ],
)
def test_what_cannot_be_read_is_refused_with_where_it_stands(content: bytes, words: str) -> None:
    with pytest.raises(Unreadable) as refused:
        read_document(content, "o.json")
    assert refused.value.detail.startswith(words)


def test_a_document_may_be_yaml() -> None:
    source = read_document(b"type: object\nproperties:\n  id: {type: string}\n", "o.yaml")
    assert source.value == {"type": "object", "properties": {"id": {"type": "string"}}}


def test_aliases_that_make_much_of_little_are_refused_soon() -> None:
    one = "a: &a " + "x" * 100_000
    many = "\n".join(["b:", *["  - *a"] * 100])
    source = read_document(f"{one}\n{many}".encode(), "o.yaml")
    began = time.monotonic()
    with pytest.raises(Invalid, match=r"Written out, the document has more than 4,194,304 bytes\."):
        check_document(Format.JSON_SCHEMA, source.value)
    assert time.monotonic() - began < 5


def nested(levels: int) -> dict[str, Any]:
    document: dict[str, Any] = {}
    for _ in range(levels):
        document = {"properties": {"a": document}}
    return document


@pytest.mark.parametrize("levels", [100, 5_000])
def test_what_is_nested_too_deeply_is_refused(levels: int) -> None:
    with pytest.raises(Invalid, match=r"The document is nested deeper than 200 levels\."):
        check_document(Format.JSON_SCHEMA, nested(levels))
    check_document(Format.JSON_SCHEMA, nested(99))


def test_a_schema_that_refers_to_itself_is_compared() -> None:
    old = {"type": "object", "properties": {"next": {"$ref": "#"}, "id": {"type": "string"}}}
    new = {"type": "object", "properties": {"next": {"$ref": "#"}, "id": {"type": "integer"}}}
    assert found(check_files(old, new, Compatibility.FULL)) == [
        ("type-changed", "next.id", "breaking", ()),
        ("type-changed", "id", "breaking", ()),
    ]
