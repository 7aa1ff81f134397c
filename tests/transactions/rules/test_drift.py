"""Payloads that change their form are found within a hundred; those that are only noisy are left alone."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from controlplane.transactions.rules.drift import CHANCE, Found, by_chance, drifts, is_gone
from controlplane.transactions.rules.fields import fields_of
from controlplane.transactions.rules.usual import Sample, Usual

Record = dict[str, Any]


def a_record(number: int) -> Record:
    """An order as it always comes."""
    return {
        "id": f"o-{number}",
        "total": 12.5,
        "customer": {"id": "c", "email": "mara@example.test"},
        "lines": [{"sku": "a", "tax": 1}],
        "note": None,
    }


def without(record: Record, name: str) -> Record:
    return {key: value for key, value in record.items() if key != name}


def learnt(usual: Usual, records: Iterator[Record], *, breaks: frozenset[str] = frozenset()) -> list[Found]:
    """What is found first, and by how many samples it took."""
    for number, record in enumerate(records):
        usual.learn(Sample(f"s{usual.samples}-{number}", fields_of(record), breaks))
        if found := drifts(usual, _unnamed):
            return found
    return []


def _unnamed(_pointer: str) -> bool:
    return False


def used_to(count: int = 200) -> Usual:
    usual = Usual()
    assert learnt(usual, (a_record(number) for number in range(count))) == []
    return usual


CHANGES: dict[str, tuple[Callable[[Record], Record], tuple[str, str, str]]] = {
    "a new field": (lambda one: {**one, "vat": "DE1"}, ("new", "/vat", "string")),
    "a new object, told once": (lambda one: {**one, "ship": {"zone": "EU"}}, ("new", "/ship", "object")),
    "a vanished field": (lambda one: without(one, "total"), ("vanished", "/total", "absent")),
    "a vanished object, told once": (lambda one: without(one, "customer"), ("vanished", "/customer", "absent")),
    "one within": (lambda one: {**one, "customer": {"id": "c"}}, ("vanished", "/customer/email", "absent")),
    "one within a list": (lambda one: {**one, "lines": [{"sku": "a"}]}, ("vanished", "/lines/*/tax", "absent")),
    "a number that is text": (lambda one: {**one, "total": "12.5"}, ("type", "/total", "string")),
    "a value that is null": (lambda one: {**one, "total": None}, ("null", "/total", "null")),
    "a null that is a value": (lambda one: {**one, "note": "now"}, ("type", "/note", "string")),
}


@pytest.mark.parametrize("name", CHANGES)
def test_what_changes_in_every_payload_is_found_within_ten(name: str) -> None:
    change, told = CHANGES[name]
    usual = used_to()
    (one,) = learnt(usual, (change(a_record(number)) for number in range(100)))
    assert (one.kind, one.pointer, one.sign) == told
    assert (one.now, one.of, one.was, one.out_of) == (7, 10, 0, 197)
    assert (usual.samples, len(one.ids)) == (207, 7)


def test_what_changes_in_some_payloads_is_found_within_a_hundred() -> None:
    chance = random.Random(7)  # noqa: S311 - the same in every run
    usual = used_to(1_000)
    (one,) = learnt(usual, ({**a_record(n), **({"vat": "DE1"} if chance.random() < 0.3 else {})} for n in range(100)))
    assert (one.kind, one.pointer) == ("new", "/vat")
    assert usual.samples <= 1_100


def test_the_first_sample_that_shows_it_is_named_first() -> None:
    usual = used_to()
    for number in range(15):  # judged every now and then, as traffic is
        usual.learn(Sample(f"new-{number}", fields_of(without(a_record(number), "total"))))
    (one,) = drifts(usual, _unnamed)
    assert one.ids == tuple(f"new-{number}" for number in range(15))


@pytest.mark.parametrize(("share", "missing", "is_drift"), [(0.97, 40, True), (0.1, 20, False), (0.5, 60, True)])
def test_an_optional_field_is_missed_by_how_often_it_came(share: float, missing: int, is_drift: bool) -> None:
    chance = random.Random(11)  # noqa: S311
    usual = Usual()
    records = ({**a_record(n), **({"code": 1} if chance.random() < share else {})} for n in range(1_000))
    assert learnt(usual, records) == []
    found = learnt(usual, (a_record(number) for number in range(missing)))
    assert [(one.kind, one.pointer) for one in found] == ([("vanished", "/code")] if is_drift else [])


def test_nulls_that_become_many_are_found_and_those_that_vary_are_not() -> None:
    def some(share: float, chance: random.Random, count: int) -> Iterator[Record]:
        return ({**a_record(n), "phone": None if chance.random() < share else "1"} for n in range(count))

    chance, usual = random.Random(3), Usual()  # noqa: S311
    assert learnt(usual, some(0.05, chance, 1_000)) == []
    assert learnt(usual, some(0.10, chance, 100)) == []
    (one,) = learnt(usual, some(0.7, chance, 100))
    assert (one.kind, one.pointer, one.sign) == ("null", "/phone", "null")


def test_a_break_of_the_contract_is_drift_when_it_is_not_what_always_was() -> None:
    usual = used_to()
    broken = frozenset({"/currency enum"})
    (one,) = learnt(usual, (a_record(number) for number in range(100)), breaks=broken)
    assert (one.kind, one.pointer, one.sign, one.what) == ("broken", "/currency", "enum", "/currency enum")
    # Where the field itself is told of, that it breaks the contract needs no second word.
    usual = used_to()
    gone = (without(a_record(number), "total") for number in range(100))
    assert [one.kind for one in learnt(usual, gone, breaks=frozenset({"/total required"}))] == ["vanished"]


def test_what_the_contract_names_is_nothing_new() -> None:
    usual = used_to()
    for number in range(50):
        usual.learn(Sample(str(number), fields_of({**a_record(number), "vat": "DE1"})))
        assert drifts(usual, lambda pointer: pointer == "/vat") == []


def test_of_few_samples_nobody_says_what_is_usual() -> None:
    usual = Usual()
    learnt(usual, (a_record(number) for number in range(90)))
    assert learnt(usual, (without(a_record(number), "total") for number in range(15))) == []


def noisy(seed: int, count: int = 10_000) -> Iterator[Record]:
    """Unchanged: fields that come as they like, nulls, two kinds of one thing, and spells of one sort of customer."""
    chance = random.Random(seed)  # noqa: S311
    left, business = 0, False
    for number in range(count):
        if not left:
            left, business = chance.randrange(1, 60), not business
        left -= 1
        record = a_record(number)
        record["lines"] = record["lines"] * chance.randrange(4)
        record["code"] = chance.choice([1, "one"])
        for place, share in enumerate((0.005, 0.03, 0.1, 0.3, 0.5, 0.8, 0.97)):
            if chance.random() < share:
                record[f"some_{place}"] = None if chance.random() < share else "v"
        if business:
            record |= {"vat": "DE1", "company": {"name": "x"}}
        yield record


@pytest.mark.parametrize("seed", range(3))
def test_ten_thousand_noisy_payloads_of_an_unchanged_form_open_none(seed: int) -> None:
    usual = Usual()
    found = []
    for number, record in enumerate(noisy(seed)):
        breaks = frozenset({"/code type"}) if number % 50 == 0 else frozenset[str]()
        usual.learn(Sample(str(number), fields_of(record), breaks))
        if number % 8 == 0:
            found += drifts(usual, _unnamed)
    assert found == []
    # And nobody has gone blind by it: what changes now is found.
    assert [one.pointer for one in learnt(usual, (without(one, "total") for one in noisy(99, 100)))] == ["/total"]


def test_the_exact_test_says_what_a_table_says() -> None:
    # Fisher's tea: of eight cups, all four right.
    assert by_chance(4, 4, 0, 4) == pytest.approx(1 / 70)
    assert by_chance(3, 4, 1, 4) == pytest.approx(17 / 70)
    assert by_chance(10, 10, 0, 100) < CHANCE


def test_what_is_held_does_not_become_usual_and_is_gone_when_it_is_as_before() -> None:
    usual = used_to()
    for number in range(300):
        usual.learn(Sample(str(number), fields_of(without(a_record(number), "total"))), {"/total"})
    assert not is_gone(usual, "vanished", "/total", "absent", 0.0)
    for number in range(80):
        usual.learn(Sample(str(number), fields_of(a_record(number))), {"/total"})
    assert is_gone(usual, "vanished", "/total", "absent", 0.0)
    # It is missed as soon as before, when it vanishes once more.
    (one,) = learnt(usual, (without(a_record(number), "total") for number in range(20)))
    assert (one.kind, one.was, usual.samples) == ("vanished", 0, 587)


def test_what_is_agreed_to_is_learnt_anew() -> None:
    usual = used_to()
    changed = [{**a_record(number), "vat": "DE1"} for number in range(400)]
    assert learnt(usual, iter(changed)) != []
    usual.relearn("/vat")
    assert learnt(usual, iter(changed)) == []
    (one,) = learnt(usual, (a_record(number) for number in range(20)))
    assert (one.kind, one.pointer) == ("vanished", "/vat")


def test_it_is_kept_and_read_as_it_was() -> None:
    usual = Usual()
    for number, record in enumerate(noisy(4, 300)):
        usual.learn(Sample(str(number), fields_of(record), frozenset({"/x enum"})))
    again = Usual.read(usual.kept())
    assert again == usual
    assert Usual.read({}) == Usual()


def test_it_forgets_by_halves_and_what_it_keeps_is_bounded() -> None:
    usual = Usual()
    for number in range(4_500):
        usual.learn(Sample(str(number), fields_of(a_record(number))))
    assert usual.asked == 2_500
    usual.learn(Sample("wide", {f"/f{number}": {"string"} for number in range(2_000)}))
    assert len(usual.fields) == 500
