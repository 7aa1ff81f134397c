"""Files that somebody else made: whatever is in them, reading ends soon and says what is wrong."""

from __future__ import annotations

import json
import time
from contextlib import suppress

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from controlplane.console.estate.problems import Refused
from controlplane.console.imports import reading
from controlplane.console.imports.formats import FORMATS, understand
from controlplane.foundation.errors import Problem
from tests.console.imports.documents import ORDERS, SHIPPING_3

#: Nine lists of nine of the list before, and so on: millions of values in a few lines.
LAUGHTER = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{name}: &{name} [{', '.join([f'*{before}'] * 9)}]\n" for before, name in zip("abcdefg", "bcdefgh", strict=True)
)


def refused(content: str | bytes, file: str = "a.yaml") -> str:
    """What is said of it."""
    with pytest.raises(Refused) as found:
        reading.read(content if isinstance(content, bytes) else content.encode(), file)
    (words,) = found.value.problems
    return words


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("a: [1, 2\nb: 3\n", "a.yaml:2:2: this is not YAML: did not find expected ',' or ']'."),
        ("a: 1\nb: 2\na: 3\n", "a.yaml:3:1: this is not YAML: 'a' stands here twice."),
        ("a: &a [*a]\n", "a.yaml:1:4: this is not YAML: this holds itself."),
        ("? [1, 2]\n: 3\n", "a.yaml:1:3: this is not YAML: a name is text."),
        ('a: "\\0"\n', "a.yaml:1:4: this is not YAML: this has a character that cannot be kept."),
        ("a: *nothing\n", "a.yaml:1:4: this is not YAML: found undefined alias 'nothing'."),
        ("a: 1\n---\nb: 2\n", "a.yaml: this takes one document; there are 2 in it."),
        ("", "a.yaml: this takes one document; there are 0 in it."),
        (b"\xff\xfe", "a.yaml is not text in UTF-8: byte 1 is none."),
        ('{"a": 1,\n "b": ]}', "a.yaml:2:7: this is not JSON: Expecting value."),
        ('{"a": 1, "a": 2}', "a.yaml: 'a' stands twice in one object."),
        ('{"a": NaN}', "a.yaml: NaN is no number in JSON."),
        ('{"a": 1e999}', "a.yaml: 1e999 is larger than numbers are."),
        ('{\n "a": "\\u0000"}', "a.yaml:2:8: this character cannot be kept: \\u0000…"),
        ("[" * 100_000, "a.yaml: It is nested deeper than 200 levels."),
        ("a: " + "[" * 100_000, "a.yaml: It is nested deeper than 200 levels."),
        ('{"a":' * 300 + "1" + "}" * 300, "a.yaml: It is nested deeper than 200 levels."),
    ],
)
def test_what_cannot_be_read_is_told(content: str | bytes, words: str) -> None:
    assert refused(content) == words


def test_a_small_file_that_would_be_a_large_one_is_refused_before_it_is() -> None:
    begun = time.monotonic()
    assert refused(LAUGHTER) == (
        "a.yaml:7:4: this is not YAML: with its aliases written out this has more than 2,000,000 values."
    )
    assert time.monotonic() - begun < 5


def test_files_have_a_largest_size() -> None:
    assert refused(b"a" * (reading.MOST_BYTES + 1)) == "a.yaml has 20,971,521 bytes; 20,971,520 are read at most."


def test_yaml_is_read_by_the_schema_of_json() -> None:
    text = "a: no\nb: 2024-01-01\nc: 1.0\nd: 0o17\ne: ~\nf: 'true'\ng: true\nh: 010\n"
    assert reading.read(text.encode(), "a.yaml").value == {
        "a": "no",
        "b": "2024-01-01",
        "c": 1.0,
        "d": 15,
        "e": None,
        "f": "true",
        "g": True,
        "h": 10,
    }


def test_what_is_merged_gives_way_to_what_is_said() -> None:
    text = "a: &a {x: 1, y: 2}\nb: {<<: *a, y: 3}\n"
    assert reading.read(text.encode(), "a.yaml").value["b"] == {"x": 1, "y": 3}


def test_escaped_pairs_are_characters_like_others() -> None:
    assert reading.read(b'{"a": "\\ud83d\\ude80"}', "a.json").value == {"a": "\U0001f680"}


ANY = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=8) | st.sampled_from(["#/paths", "#/x", "3.0.0"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    *(
                        "openapi",
                        "asyncapi",
                        "info",
                        "title",
                        "paths",
                        "/a",
                        "get",
                        "$ref",
                        "responses",
                        "200",
                        "content",
                    ),
                    *(
                        "channels",
                        "operations",
                        "action",
                        "channel",
                        "messages",
                        "payload",
                        "schema",
                        "items",
                        "webhooks",
                    ),
                    *("apiVersion", "kind", "metadata", "name", "spec", "owner", "type", "parameters", "components"),
                ]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)
HEADS = {
    "openapi": {"openapi": "3.1.0", "info": {"title": "Any"}},
    "asyncapi": {"asyncapi": "3.0.0", "info": {"title": "Any"}},
    "backstage": {"apiVersion": "backstage.io/v1alpha1", "kind": "API", "metadata": {"name": "any"}},
}


QUIET = settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])


@QUIET
@given(
    st.sampled_from(list(FORMATS)), st.dictionaries(st.sampled_from(["paths", "channels", "operations", "spec"]), ANY)
)
def test_whatever_stands_in_a_document_it_is_understood_or_refused(name: str, rest: dict[str, object]) -> None:
    content = json.dumps({**HEADS[name], **rest}).encode()
    with suppress(Problem):
        understand(name, content, "any.json")


@QUIET
@given(st.sampled_from([ORDERS, SHIPPING_3]), st.data())
def test_a_document_that_broke_somewhere_is_understood_or_refused(whole: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(whole)))
    content = (whole[:at] + data.draw(st.text(max_size=3)) + whole[at + 1 :]).encode("utf-8", "replace")
    for name in ("openapi", "asyncapi"):
        with suppress(Problem):
            understand(name, content, "any.yaml")
