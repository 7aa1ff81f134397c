"""Names of topics: made by a page for its reader, and good for nobody else."""

from __future__ import annotations

import pytest

from controlplane.console.live import topics
from controlplane.console.live.topics import Topic

ELIF, MARA = "0197a000-0000-7000-8000-000000000001", "0197a000-0000-7000-8000-000000000002"


@pytest.mark.parametrize(
    "topic", [Topic("arrivals"), Topic("transaction", ELIF), Topic("replay", "7"), Topic("job", "a:b")]
)
def test_a_name_that_a_page_made_for_somebody_is_understood_of_them(topic: Topic) -> None:
    assert topics.named(topics.name(topic, ELIF), ELIF) == topic


def test_a_name_that_was_made_for_somebody_else_is_nothing() -> None:
    assert topics.named(topics.name(Topic("replay", "7"), ELIF), MARA) is None


@pytest.mark.parametrize(
    "text", ["", "replay:7", "replay:7~", "replay:7~AAAA", "~", "\x00", "arrivals:~x~y", "é" * 500]
)
def test_what_we_did_not_sign_is_nothing(text: str) -> None:
    assert topics.named(text, ELIF) is None


def test_a_kind_that_does_not_exist_any_more_is_nothing() -> None:
    assert topics.named(topics.name(Topic("weather", "Vienna"), ELIF), ELIF) is None
