"""What is packed as an array is what PostgreSQL reads."""

from __future__ import annotations

import struct
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from controlplane.foundation import arrays
from controlplane.foundation.database import connect

pytestmark = pytest.mark.django_db

whole = st.integers(-(2**63), 2**63 - 1)
small = st.integers(-(2**15), 2**15 - 1)
text = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"))


def read(kind: str, packed: bytes) -> list[Any]:
    """The elements that PostgreSQL finds in it."""
    with connect() as connection:
        row = connection.execute(f"select %b::{kind}[]", [packed], binary=True).fetchone()
    assert row is not None
    found: list[Any] = row[0]
    return found


@settings(deadline=None)  # a busy machine
@given(
    st.lists(st.none() | whole),
    st.lists(small),
    st.lists(st.booleans()),
    st.lists(st.none() | st.uuids()),
    st.lists(st.none() | text),
    st.lists(st.binary()),
)
def test_every_kind_arrives_as_it_was(
    bigints: list[int | None],
    smallints: list[int],
    booleans: list[bool],
    uuids: list[Any],
    texts: list[str | None],
    blobs: list[bytes],
) -> None:
    assert read("bigint", arrays.bigints(bigints)) == bigints
    assert read("smallint", arrays.smallints(smallints)) == smallints
    assert read("boolean", arrays.booleans(booleans)) == booleans
    assert read("uuid", arrays.uuids(uuids)) == uuids
    assert read("text", arrays.texts(texts)) == texts
    assert read("bytea", arrays.blobs(blobs)) == blobs


def test_a_number_without_a_place_in_its_type_is_refused() -> None:
    with pytest.raises(struct.error):
        arrays.smallints([2**15])
    with pytest.raises(struct.error):
        arrays.bigints([2**63])
