"""Decision guides: questions whose answers weigh for or against each option, and say why. Pure.

What is asked and how it weighs stands in the documents beside this file, so that a company can read it and think
otherwise. A recommendation is the option with the most weight; of two that weigh the same the simpler one, which
stands first. Every weight has its reason, so that a recommendation is never only a number.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any, Final

import yaml

from controlplane.foundation.errors import Invalid, NotFound

NAMES: Final = ("joining", "timing", "orchestration")


@dataclass(frozen=True, slots=True)
class Option:
    """What can be decided for; ``value`` is the word that the integration's field gets."""

    value: str
    name: str
    means: str


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer: for each option that it speaks for or against, how much and why."""

    value: str
    says: str
    weighs: Mapping[str, tuple[int, str]]


@dataclass(frozen=True, slots=True)
class Question:
    """One question, and why it is asked."""

    name: str
    asks: str
    why: str
    answers: Sequence[Answer]

    def answer(self, value: str) -> Answer:
        """The answer of a word; :class:`Invalid` names the question."""
        for one in self.answers:
            if one.value == value:
                return one
        raise Invalid(f"Answer “{self.asks}” with one of its answers.", field=self.name)


@dataclass(frozen=True, slots=True)
class Guide:
    """A questionnaire. ``sets`` is the integration's field that a decision gives a value; ``digest`` is its edition.

    ``needs_reason`` are options that need a reason of their own even where they are recommended.
    """

    name: str
    title: str
    asks: str
    sets: str
    options: Sequence[Option]
    questions: Sequence[Question]
    needs_reason: frozenset[str]
    digest: str

    def option(self, value: str) -> Option:
        """The option of a word; :class:`Invalid` for one that there is not."""
        for one in self.options:
            if one.value == value:
                return one
        known = ", ".join(one.name for one in self.options)
        raise Invalid(f"Decide for one of: {known}.", field="chosen")


@dataclass(frozen=True, slots=True)
class Weighed:
    """An option with its weight, what speaks for it and what against, the heaviest first."""

    option: Option
    weight: int
    reasons: Sequence[str]
    doubts: Sequence[str]


def guide(name: str) -> Guide:
    """The guide of a name; :class:`NotFound` names those that exist."""
    if name not in NAMES:
        raise NotFound(f"There is no guide {name[:40]!r}; there are: {', '.join(NAMES)}.", field="guide")
    return _read(name)


def guides() -> list[Guide]:
    """All of them, in the order in which they are best answered."""
    return [_read(name) for name in NAMES]


def weigh(asked: Guide, answers: Mapping[str, str]) -> list[Weighed]:
    """The options, the recommended one first. :class:`Invalid` for a question without an answer of its own."""
    given = [question.answer(answers.get(question.name, "")) for question in asked.questions]
    order = {option.value: place for place, option in enumerate(asked.options)}
    weighed = [_weighed(option, given) for option in asked.options]
    return sorted(weighed, key=lambda one: (-one.weight, order[one.option.value]))


def _weighed(option: Option, given: Sequence[Answer]) -> Weighed:
    weights = [answer.weighs[option.value] for answer in given if option.value in answer.weighs]
    heaviest = sorted(weights, key=lambda weight: -abs(weight[0]))
    return Weighed(
        option,
        sum(weight for weight, _ in weights),
        [reason for weight, reason in heaviest if weight > 0],
        [reason for weight, reason in heaviest if weight < 0],
    )


@cache
def _read(name: str) -> Guide:
    text = resources.files(__name__).joinpath(f"{name}.yaml").read_text()
    content: dict[str, Any] = yaml.safe_load(text)
    return Guide(
        name=name,
        title=content["title"],
        asks=content["asks"],
        sets=content["sets"],
        options=[Option(value, **words) for value, words in content["options"].items()],
        questions=[_question(key, words) for key, words in content["questions"].items()],
        needs_reason=frozenset(content.get("needs_reason", ())),
        digest=hashlib.sha256(text.encode()).hexdigest(),
    )


def _question(name: str, words: Mapping[str, Any]) -> Question:
    answers = [
        Answer(value, said["says"], {option: (weight, why) for option, (weight, why) in said["weighs"].items()})
        for value, said in words["answers"].items()
    ]
    return Question(name, words["asks"], words["why"], answers)
