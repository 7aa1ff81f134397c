"""Questions of a flow: how they are read from its JSON, and what comes of a try, by outcome, time and fall-back."""

from __future__ import annotations

from typing import Any

import pytest

from controlplane.foundation.errors import Invalid
from controlplane.transactions.rules.flow import next_moves, read_steps
from controlplane.transactions.rules.questions import (
    Fallback,
    Identity,
    Link,
    LookUp,
    Otherwise,
    in_words,
    kept,
    settled,
)
from controlplane.transactions.rules.retry import Decision, Verdict, decide
from controlplane.transactions.rules.states import Outcome, StepState, TransactionState

LOOK_UP = {
    "name": "party",
    "kind": "lookup",
    "destination": "erp",
    "stream": "party",
    "key": "event.customer",
    "keep": ["name"],
}
IDENTITY = {"name": "id", "kind": "identity", "destination": "erp", "of": "customer", "key": "event.customer"}
DELIVER = {"name": "post", "kind": "deliver", "destination": "erp", "operation": "send"}

FAIL, SKIP, VALUE = Fallback(), Fallback(Otherwise.SKIP), Fallback(Otherwise.VALUE, {"name": "-"})


def test_a_look_up_is_read_whole() -> None:
    more = {"by": "code", "cache": 60, "deadline": 5, "fallback": {"value": {"name": "-"}}, "personal": ["name"]}
    (step,) = read_steps([LOOK_UP | more])
    assert step.question == LookUp(
        key="event.customer",
        deadline=5.0,
        fallback=VALUE,
        stream="party",
        by="code",
        keep=("name",),
        personal=("name",),
        cache=60.0,
    )


def test_what_is_left_out_has_a_default() -> None:
    look_up, identity = (step.question for step in read_steps([LOOK_UP, IDENTITY]))
    assert isinstance(look_up, LookUp)
    assert (look_up.deadline, look_up.cache, look_up.by, look_up.fallback) == (30.0, 0.0, "", FAIL)
    assert identity == Identity(key="event.customer", deadline=7200.0, fallback=FAIL, of="customer", issuer="")


def test_a_link_is_what_the_source_and_the_destination_call_the_same_thing() -> None:
    (step,) = read_steps([DELIVER | {"links": [{"kind": "customer", "key": "event.id"}]}])
    assert step.links == (Link("customer", "event.id", "", "result.external_id"),)


KEPT = "keep names 1 to 50 fields that later steps read, such as name or address.city."
FALLS = 'its fallback is fail, skip or {"value": {…}}.'
LINKS = 'links are a list of {"kind": …, "key": …} with "issuer" and "value" where they are needed.'
DEADLINE, CACHE = (f"{name} is a number of seconds from 0 to" for name in ("deadline", "cache"))
WRONG: list[tuple[str, dict[str, Any], str]] = [
    ("no destination", LOOK_UP | {"destination": ""}, "it asks, so it names the destination that is asked."),
    ("no stream", LOOK_UP | {"stream": ""}, "it looks up, so it names a stream."),
    ("no key", LOOK_UP | {"key": ""}, "it needs a key: an expression for the value that is asked for."),
    ("a number as key", LOOK_UP | {"key": 7}, "key is text, not 7."),
    ("nothing to keep", LOOK_UP | {"keep": []}, KEPT),
    ("too much to keep", LOOK_UP | {"keep": [f"a{n}" for n in range(51)]}, KEPT),
    ("no path", LOOK_UP | {"keep": ["a..b"]}, KEPT),
    ("a text to keep", LOOK_UP | {"keep": "name"}, "keep is a list of names of fields, not 'name'."),
    (
        "personal, but not kept",
        LOOK_UP | {"personal": ["email"]},
        "'email' is personal, but not among the fields that are kept.",
    ),
    ("a negative deadline", LOOK_UP | {"deadline": -1}, f"{DEADLINE} 2678400, not -1."),
    ("a truth as deadline", LOOK_UP | {"deadline": True}, f"{DEADLINE} 2678400, not True."),
    ("a text as cache", LOOK_UP | {"cache": "1h"}, f"{CACHE} 86400, not '1h'."),
    ("a week of cache", LOOK_UP | {"cache": 604800}, f"{CACHE} 86400, not 604800."),
    ("not a number", LOOK_UP | {"cache": float("nan")}, f"{CACHE} 86400, not nan."),
    ("another fall-back", LOOK_UP | {"fallback": "ignore"}, FALLS),
    ("a text as value", LOOK_UP | {"fallback": {"value": "x"}}, FALLS),
    ("more than a value", LOOK_UP | {"fallback": {"value": {}, "x": 1}}, FALLS),
    (
        "an identity of nothing",
        IDENTITY | {"of": ""},
        "it waits for an identity, so 'of' names a kind of entity, such as customer.",
    ),
    ("a link without a key", DELIVER | {"links": [{"kind": "customer"}]}, LINKS),
    ("a link with more", DELIVER | {"links": [{"kind": "customer", "key": "event.id", "of": "x"}]}, LINKS),
    ("links as a text", DELIVER | {"links": "customer"}, LINKS),
]


@pytest.mark.parametrize(("step", "sentence"), [row[1:] for row in WRONG], ids=[row[0] for row in WRONG])
def test_what_is_wrong_is_said_in_a_sentence(step: dict[str, Any], sentence: str) -> None:
    with pytest.raises(Invalid) as raised:
        read_steps([step])
    assert raised.value.detail == f"Step {step['name']!r}: {sentence}"


SETTLED = [
    # outcome, seconds left, what follows whatever the fall-back
    (Outcome.SUCCEEDED, 10, Decision(Verdict.DONE)),
    (Outcome.CACHED, 10, Decision(Verdict.DONE)),
    (Outcome.WAITS, 10, Decision(Verdict.WAIT)),
    (Outcome.TRANSIENT, 10, Decision(Verdict.RETRY, 5)),
    (Outcome.TRANSIENT, 2, Decision(Verdict.RETRY, 2)),
    (Outcome.UNKNOWN, 10, Decision(Verdict.RETRY, 5)),
    (Outcome.AUTH_FAILED, 10, Decision(Verdict.RETRY, 5)),
    (Outcome.MAPPING_FAILED, 10, Decision(Verdict.DEAD)),
    (Outcome.REFUSED, 10, Decision(Verdict.DEAD)),
]
FALLS_BACK = [
    (Outcome.TRANSIENT, 0.0),
    (Outcome.EXPIRED, 0.0),
    (Outcome.EXPIRED, -5.0),
    (Outcome.NOT_FOUND, 10.0),
    (Outcome.ABSENT, 10.0),
    (Outcome.REJECTED, 10.0),
    (Outcome.AUTH_FAILED, 0.0),
    (Outcome.CONTRACT_BROKEN, 10.0),
]


@pytest.mark.parametrize(("outcome", "left", "follows"), SETTLED)
@pytest.mark.parametrize("fallback", [FAIL, SKIP, VALUE], ids=["fail", "skip", "value"])
def test_an_answer_or_time_that_is_left_needs_no_fall_back(
    outcome: Outcome, left: float, follows: Decision, fallback: Fallback
) -> None:
    decision = decide(outcome, 1, delays=(5.0,))
    assert settled(fallback, outcome, decision, left) == (follows, False)


@pytest.mark.parametrize(("outcome", "left"), FALLS_BACK)
def test_without_an_answer_in_time_the_fall_back_decides(outcome: Outcome, left: float) -> None:
    decision = decide(outcome, 1, delays=(5.0,))
    assert [settled(one, outcome, decision, left) for one in (FAIL, SKIP, VALUE)] == [
        (Decision(Verdict.DEAD), False),
        (Decision(Verdict.SKIP), True),
        (Decision(Verdict.DONE), True),
    ]


def test_of_a_record_only_the_named_fields_are_kept() -> None:
    record = {"id": 7, "name": "Ada", "address": {"city": "Lyon", "street": "x"}, "vat": None, "tags": ["a"]}
    assert kept(record, ("name", "address.city", "tags", "vat", "address.zip", "name.first", "nothing")) == (
        {"name": "Ada", "address": {"city": "Lyon"}, "tags": ["a"]},
        ("vat", "address.zip", "name.first", "nothing"),
    )


@pytest.mark.parametrize(
    ("seconds", "words"), [(7200, "2 h"), (90, "90 s"), (900, "15 min"), (86400, "1 d"), (0, "0 s"), (1.5, "1.5 s")]
)
def test_a_span_in_words(seconds: float, words: str) -> None:
    assert in_words(seconds) == words


STEPS = read_steps([IDENTITY, DELIVER | {"needs": ["id"]}, DELIVER | {"name": "other"}])


@pytest.mark.parametrize(
    ("post", "other", "state"),
    [
        (StepState.WAITING, StepState.PENDING, TransactionState.RUNNING),
        (StepState.WAITING, StepState.UNKNOWN, TransactionState.RUNNING),
        (StepState.WAITING, StepState.SUCCEEDED, TransactionState.WAITING),
        (StepState.WAITING, StepState.DEAD, TransactionState.WAITING),
        (StepState.PENDING, StepState.SUCCEEDED, TransactionState.RUNNING),
    ],
)
def test_a_transaction_waits_when_nothing_else_of_it_moves(
    post: StepState, other: StepState, state: TransactionState
) -> None:
    states = {"id": StepState.PENDING, "post": post, "other": other}
    assert next_moves(STEPS, states, held=["id"]).state is state
    assert next_moves(STEPS, states).state is TransactionState.RUNNING
