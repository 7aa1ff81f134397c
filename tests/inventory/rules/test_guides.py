"""Guides recommend with their reasons, and every question says why it is asked."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from controlplane.foundation.errors import Invalid, NotFound
from controlplane.inventory.models import Integration
from controlplane.inventory.rules.guides import Guide, guide, guides, weigh


@st.composite
def answered(draw: st.DrawFn) -> tuple[Guide, dict[str, str]]:
    asked = draw(st.sampled_from(guides()))
    return asked, {
        question.name: draw(st.sampled_from([one.value for one in question.answers])) for question in asked.questions
    }


@given(answered())
def test_whatever_is_answered_something_is_recommended_for_a_reason(given_: tuple[Guide, dict[str, str]]) -> None:
    asked, answers = given_
    first, *others = weigh(asked, answers)
    assert first.reasons
    assert all(first.weight >= other.weight for other in others)
    assert {one.option for one in (first, *others)} == set(asked.options)


@pytest.mark.parametrize("asked", guides(), ids=lambda one: one.name)
def test_a_guide_asks_with_reasons_weighs_known_options_and_sets_a_field_that_takes_them(asked: Guide) -> None:
    known = {option.value for option in asked.options}
    for question in asked.questions:
        assert question.asks.endswith("?")
        assert question.why
        assert len(question.answers) > 1
        assert all(answer.weighs.keys() <= known for answer in question.answers)
    field: Any = Integration._meta.get_field(asked.sets)
    choices = {value for value, _ in field.choices}
    assert known == choices
    assert asked.needs_reason <= known


def recommended(name: str, **answers: str) -> str:
    return weigh(guide(name), answers)[0].option.value


@pytest.mark.parametrize(
    ("answers", "option"),
    [
        ({"targets": "one", "shape": "same", "offers": "api", "together": "answer"}, "direct"),
        ({"targets": "several", "shape": "mapped", "offers": "api", "together": "later"}, "middleware"),
        ({"targets": "unknown", "shape": "same", "offers": "topic", "together": "later"}, "events"),
        ({"targets": "one", "shape": "mapped", "offers": "file", "together": "later"}, "files"),
    ],
)
def test_how_systems_are_joined(answers: dict[str, str], option: str) -> None:
    assert recommended("joining", **answers) == option


@pytest.mark.parametrize(
    ("answers", "option"),
    [
        ({"late": "seconds", "tells": "pushes", "amount": "little"}, "real-time"),
        ({"late": "minutes", "tells": "pushes", "amount": "much"}, "near-real-time"),
        ({"late": "hours", "tells": "asked", "amount": "much"}, "micro-batch"),
        ({"late": "morning", "tells": "whole", "amount": "masses"}, "batch"),
    ],
)
def test_how_soon_it_has_to_be(answers: dict[str, str], option: str) -> None:
    assert recommended("timing", **answers) == option


@pytest.mark.parametrize(
    ("answers", "option"),
    [
        ({"systems": "one", "undo": "nothing", "waits": "inside", "changes": "vendor"}, "system"),
        ({"systems": "several", "undo": "back", "waits": "days", "changes": "company"}, "process"),
        ({"systems": "one", "undo": "nothing", "waits": "person", "changes": "company"}, "system"),
    ],
)
def test_where_an_orchestration_belongs(answers: dict[str, str], option: str) -> None:
    assert recommended("orchestration", **answers) == option


def test_the_reasons_of_the_recommended_and_the_doubts_about_the_others_are_told() -> None:
    first, *others = weigh(guide("timing"), {"late": "morning", "tells": "asked", "amount": "little"})
    assert (first.option.name, first.weight) == ("Batch", 5)
    assert first.reasons == ["By the next morning is soon enough."]
    last = others[-1]
    assert (last.option.name, last.weight) == ("Real time", -6)
    assert last.doubts == ["Nobody needs it before the morning.", "It would have to be asked every second."]


def test_a_question_without_an_answer_is_named() -> None:
    with pytest.raises(Invalid, match=r"When is it too late\?") as caught:
        weigh(guide("timing"), {"tells": "pushes", "amount": "little"})
    assert caught.value.field == "late"


def test_an_unknown_guide_is_not_there() -> None:
    with pytest.raises(NotFound, match="there are: joining, timing, orchestration"):
        guide("tarot")
