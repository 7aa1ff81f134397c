"""However a write's answer was lost, one customer comes of it (``fake_stripe``)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from connectors.errors import OutcomeUnknown, Transient
from tests.connectors.stripe.calls import Make, refused, upsert, written
from tests.connectors.stripe.fake_stripe import FakeStripe, Mood
from tests.connectors.stub import Stub

OLD, NEW = "old@example.com", "new@example.com"


async def test_a_customer_whose_email_was_changed_by_a_try_without_an_answer_is_not_made_again(
    stub: Stub, connector: Make
) -> None:
    stripe = FakeStripe(stub, Mood.DONE, Mood.LOST)
    await written(connector(), upsert({"email": OLD}, {"name": "Ada"}))
    change = upsert({"email": OLD}, {"email": NEW}, key="key-2")

    assert type(await refused(connector(), change)) is OutcomeUnknown
    receipt = await written(connector(), replace(change, takeover=True))

    assert (stripe.emails, receipt.external_id) == ([NEW], "cus_1")


@pytest.mark.parametrize("match", [{"email": OLD}, {"foreign_id": "C-9"}])
async def test_a_write_that_a_proxy_answers_with_its_page_may_have_landed(
    stub: Stub, connector: Make, match: dict[str, str]
) -> None:
    stripe = FakeStripe(stub, Mood.PAGE)
    made = upsert(match, {"name": "Ada"})

    error = await refused(connector(), made)
    receipt = await written(connector(), replace(made, takeover=True))

    assert (type(error), error.status, error.body, error.calls) == (OutcomeUnknown, 200, b"<html>", 1)
    assert (len(stripe.customers), receipt.external_id, receipt.found) == (1, "cus_1", True)


async def test_an_update_that_is_answered_with_another_object_may_have_landed(stub: Stub, connector: Make) -> None:
    stub.answer("/v1/customers/cus_1", json={"object": "charge", "id": "ch_1"})

    assert type(await refused(connector(), upsert({"id": "cus_1"}, {"name": "Ada"}))) is OutcomeUnknown


@pytest.mark.parametrize("match", [{"email": OLD}, {"foreign_id": "C-9"}])
@pytest.mark.parametrize("changed", [OLD, NEW])
@pytest.mark.parametrize(
    ("first", "keys"), [(Mood.FAILS, ["key-1", "key-1", "key-1:2"]), (Mood.FAILS_DONE, ["key-1", "key-1"])]
)
async def test_a_failure_that_stripe_only_says_again_is_no_end_of_it(
    stub: Stub, connector: Make, match: dict[str, str], changed: str, first: Mood, keys: list[str]
) -> None:
    stripe = FakeStripe(stub, first)
    made = upsert(match, {"name": "Ada", "email": changed})

    assert type(await refused(connector(), made)) is Transient
    receipt = await written(connector(), replace(made, takeover=True))

    assert (stripe.emails, receipt.external_id) == ([changed], "cus_1")
    if "foreign_id" in match:  # by e-mail, one that was made all the same is found before anything is sent
        assert (stripe.keys, receipt.calls) == (keys, len(keys) - 1)


async def test_a_second_key_whose_answer_is_lost_makes_no_second_customer(stub: Stub, connector: Make) -> None:
    stripe = FakeStripe(stub, Mood.FAILS, Mood.LOST)
    made = upsert({"foreign_id": "C-9"}, {"email": NEW})

    await refused(connector(), made)
    assert type(await refused(connector(), replace(made, takeover=True))) is OutcomeUnknown
    receipt = await written(connector(), replace(made, takeover=True))

    assert (stripe.emails, receipt.found, receipt.record) == ([NEW], True, {})


async def test_what_search_may_not_show_yet_is_not_made_again(stub: Stub, connector: Make) -> None:
    stripe = FakeStripe(stub, Mood.FAILS_DONE)
    made = upsert({"foreign_id": "C-9"}, {"name": "Ada"})

    await refused(connector(), made)
    again = await refused(connector(), replace(made, takeover=True))
    stripe.shown = True
    receipt = await written(connector(), replace(made, takeover=True))

    assert (isinstance(again, Transient), again.status, again.code) == (True, 500, "transient")
    assert (len(stripe.customers), receipt.found) == (1, True)
    assert set(stripe.keys) == {"key-1"}


async def test_a_customer_that_somebody_else_made_meanwhile_is_left_to_the_next_try(
    stub: Stub, connector: Make
) -> None:
    stripe = FakeStripe(stub, Mood.FAILS)
    made = upsert({"email": NEW}, {"name": "Ada"})
    await refused(connector(), made)

    stripe.at_the_next_write = lambda: stripe.customers.append(
        {"object": "customer", "id": "cus_7", "email": NEW, "metadata": {}}
    )
    assert isinstance(await refused(connector(), replace(made, takeover=True)), Transient)
    receipt = await written(connector(), replace(made, takeover=True))

    assert (receipt.external_id, stripe.emails) == ("cus_7", [NEW])


async def test_an_update_that_failed_once_is_sent_under_a_second_key(stub: Stub, connector: Make) -> None:
    stripe = FakeStripe(stub, Mood.DONE, Mood.FAILS)
    await written(connector(), upsert({"email": NEW}, {"name": "Ada"}))
    change = upsert({"email": NEW}, {"name": "Ada King"}, key="key-2")

    assert type(await refused(connector(), change)) is Transient
    receipt = await written(connector(), replace(change, takeover=True))

    assert (receipt.record["name"], len(stripe.customers)) == ("Ada King", 1)
    assert stripe.keys == ["key-1", "key-2:update", "key-2:update", "key-2:update:2"]


async def test_a_customer_that_is_matched_by_one_email_and_made_with_another_is_made_once(
    stub: Stub, connector: Make
) -> None:
    stripe = FakeStripe(stub, Mood.LOST)
    change = upsert({"email": OLD}, {"email": NEW})

    assert type(await refused(connector(), change)) is OutcomeUnknown
    receipt = await written(connector(), replace(change, takeover=True, key_expired=True))

    assert (stripe.emails, stripe.keys, receipt.found) == ([NEW], ["key-1"], True)
