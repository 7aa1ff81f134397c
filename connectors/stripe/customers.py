"""``customer.upsert``: the customer that the body names, made or brought up to date; and reading them.

Body::

    {"match": {"foreign_id": "C-1042"},        or {"id": "cus_9"} or {"email": "ada@example.com"}
     "values": {"name": …, "email": …, "phone": …, "address": {…}, "metadata": {…}, …}}

``values`` are Stripe's own parameters of a customer. A customer that is made carries in its metadata
``interlock_id`` (the foreign id, if that is what it was matched by) and ``interlock_key`` (the idempotency key), so
that it is found again when the answer was lost and also after Stripe has forgotten the key (24 hours).

Stripe saves its answer to a key, a 5xx as well, and gives it to all that come with the key for 24 hours. So where it
gives a saved 5xx, the customer is looked for once more, by the key in its metadata, and made under a second key if it
is not there. That is only known where the customer has an e-mail, by which Stripe lists at once.

Search at Stripe trails by up to a minute; within that minute the idempotency key finds what search does not. Where
the setting ``honours_idempotency_key`` is false (localstripe), a foreign id is looked for in the whole list
instead: exact, and slow on a large account.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from http import HTTPStatus
from typing import Any

import orjson

from connectors.errors import ContractBroken, Rejected
from connectors.messages import Operation, Page, Receipt, Record
from connectors.response import Response
from connectors.stripe.api import Api, Replayed, an_object, is_replayed, listed

PATH = "/v1/customers"
MATCHES = ("id", "foreign_id", "email")
FOREIGN_ID, KEY = "interlock_id", "interlock_key"
PAGE_SIZE = 100
Customer = dict[str, Any]


async def upsert(api: Api, operation: Operation, *, honours_key: bool) -> Receipt:
    """Update by id; otherwise look first, then update what was found or make it under the operation's key."""
    name, wanted = _match(operation.body)
    values = _values(operation.body)
    if name == "id":
        return await _update(api, wanted, values, operation)
    found = await _find(api, name, wanted, honours_key=honours_key)
    if found is None and name == "email" and (changed := _other_email(values, wanted)):
        # An earlier try may have changed it, and its answer was lost.
        found = await _find(api, name, changed, honours_key=honours_key)
    if found is None:
        return await _create(api, name, wanted, values, operation)
    if operation.takeover and _metadata(found).get(KEY) == operation.key:
        return _made_before(api, found)
    return await _update(api, str(found["id"]), values, operation)


def _match(body: Mapping[str, Any]) -> tuple[str, str]:
    """The one thing that names the customer, and its value."""
    match = body.get("match")
    if isinstance(match, Mapping) and len(match) == 1:
        name, value = next(iter(match.items()))
        if name in MATCHES and isinstance(value, str) and value:
            return name, value
    raise Rejected(f"'match' does not name a customer by exactly one of {', '.join(MATCHES)}", detail="invalid_body")


def _values(body: Mapping[str, Any]) -> dict[str, Any]:
    values = body.get("values", {})
    if not isinstance(values, Mapping) or set(body) - {"match", "values"}:
        raise Rejected("the request is not an object with 'match' and 'values'", detail="invalid_body")
    if not isinstance(values.get("metadata", {}), Mapping):
        raise Rejected("'metadata' is not an object", detail="invalid_body")
    return dict(values)


def _other_email(values: Mapping[str, Any], matched: str) -> str | None:
    """The e-mail that the customer is to have, where that is another one than it is matched by."""
    email = values.get("email")
    return email if isinstance(email, str) and email and email != matched else None


async def _find(api: Api, name: str, wanted: str, *, honours_key: bool) -> Customer | None:
    if name == "email":
        found, more = listed(await api.get(PATH, [("email", wanted), ("limit", "2")]))
    elif honours_key:
        query = f"metadata['{FOREIGN_ID}']:'{_escaped(wanted)}'"
        found, more = listed(await api.get(f"{PATH}/search", [("query", query), ("limit", "2")]))
    else:
        found, more = await _with_foreign_id(api, wanted), False
    if len(found) > 1 or more:
        raise Rejected(f"more than one customer at Stripe has that {name}", detail="customer_ambiguous")
    return found[0] if found else None


async def one(api: Api, name: str, wanted: str, *, honours_key: bool) -> Record | None:
    """The customer that has that id, foreign id or e-mail; one that was deleted is none."""
    found = await _by_id(api, wanted) if name == "id" else await _find(api, name, wanted, honours_key=honours_key)
    return None if found is None or found.get("deleted") is True else Record(str(found["id"]), found)


async def _by_id(api: Api, customer: str) -> Customer | None:
    _check_id(customer)
    try:
        return an_object(await api.get(f"{PATH}/{customer}"), "customer")
    except Rejected as refused:
        if refused.status == HTTPStatus.NOT_FOUND:
            return None
        raise


def _check_id(customer: str) -> None:
    """Before it becomes part of a path."""
    if not customer.isascii() or not customer.replace("_", "").isalnum():
        raise Rejected("'match' has an id that is none of Stripe's", detail="invalid_body")


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace("'", "\\'")


async def _with_foreign_id(api: Api, wanted: str) -> list[Customer]:
    return [
        customer
        async for found, _ in _lists(api, "")
        for customer in found
        if _metadata(customer).get(FOREIGN_ID) == wanted
    ]


async def _create(api: Api, name: str, wanted: str, values: dict[str, Any], operation: Operation) -> Receipt:
    own = {KEY: operation.key} | ({FOREIGN_ID: wanted} if name == "foreign_id" else {})
    by_email = {"email": wanted} if name == "email" else {}
    made = {**by_email, **values, "metadata": {**values.get("metadata", {}), **own}}
    try:
        return await _written(api, PATH, made, operation.key, operation)
    except Replayed as failed:
        if (found := await _made_all_the_same(api, made, operation.key, failed, alone=name == "email")) is not None:
            return _made_before(api, found)
    return await _written(api, PATH, made, f"{operation.key}:2", operation)


async def _made_all_the_same(api: Api, made: Customer, key: str, failed: Replayed, *, alone: bool) -> Customer | None:
    """The customer that a request made which Stripe says has failed; none where it made none.

    Raises ``failed`` where that cannot be told, and where somebody else has made one of that e-mail meanwhile and it is
    to be ``alone``: the next try finds that one.
    """
    email = made.get("email")
    listing = isinstance(email, str) and bool(email)
    if listing:
        found, more = listed(await api.get(PATH, [("email", str(email)), ("limit", str(PAGE_SIZE))]))
    else:
        found, more = listed(await api.get(f"{PATH}/search", [("query", f"metadata['{KEY}']:'{_escaped(key)}'")]))
    own = next((customer for customer in found if _metadata(customer).get(KEY) == key), None)
    # What search does not show yet may be there all the same; and how long ago the first try was, nobody tells here.
    if own is None and (not listing or more or (alone and found)):
        raise failed
    return own


async def _update(api: Api, customer: str, values: dict[str, Any], operation: Operation) -> Receipt:
    """Under a key of its own: the same key for another address is an error at Stripe."""
    _check_id(customer)
    if not values:
        raise Rejected("'values' is empty: there is nothing to change", detail="invalid_body")
    path, key = f"{PATH}/{customer}", f"{operation.key}:update"
    try:
        return await _written(api, path, values, key, operation)
    except Replayed:  # the same values twice are the same customer
        return await _written(api, path, values, f"{key}:2", operation)


async def _written(api: Api, path: str, values: dict[str, Any], key: str, operation: Operation) -> Receipt:
    """Stripe says when it only repeats the answer to an earlier request with this key."""
    customer, response = await api.post(path, values, kind="customer", key=key, headers=operation.headers)
    return _receipt(customer, found=is_replayed(response), calls=api.writes.sent, response=response)


def _made_before(api: Api, customer: Customer) -> Receipt:
    """An earlier try made it, from this very body: the key is the step run and the body's revision.

    Its state may be somebody else's by now and must not pass for our echo, so no record is given.
    """
    return replace(_receipt(customer, found=True, calls=api.writes.sent), record={}, status=200)


def _receipt(customer: Customer, *, found: bool, calls: int, response: Response | None = None) -> Receipt:
    foreign_id = _metadata(customer).get(FOREIGN_ID)
    names = [str(customer["id"]), *([foreign_id] if isinstance(foreign_id, str) else [])]
    return Receipt(
        external_id=str(customer["id"]),
        record=customer,
        version=None,  # the answer has no time; the second of its event may be shared with somebody else's
        status=response.status if response else None,
        response=response.body if response else orjson.dumps(customer),
        found=found,
        calls=calls,
        keys=tuple(("customer", name) for name in names),
    )


def _metadata(customer: Customer) -> Mapping[str, Any]:
    metadata = customer.get("metadata")
    return metadata if isinstance(metadata, dict) else {}


async def _lists(api: Api, after: str, size: int = PAGE_SIZE) -> AsyncIterator[tuple[list[Customer], bool]]:
    """The pages of customers behind ``after`` and whether each is followed by another."""
    while True:
        behind = [("starting_after", after)] if after else []
        found, more = listed(await api.get(PATH, [("limit", str(size)), *behind]))
        more = more and bool(found)
        if more and found[-1].get("id") == after:
            raise ContractBroken("Stripe listed the same customers again: a proxy may drop 'starting_after'")
        yield found, more
        if not more:
            return
        after = str(found[-1]["id"])


async def pages(api: Api, cursor: Mapping[str, Any], *, size: int = PAGE_SIZE) -> AsyncIterator[Page]:
    """All customers, in Stripe's order; ``{"after": "cus_…"}`` is where a pass broke off, ``{}`` a new one.

    Stripe lists by creation and tells no time of change: each pass reads everything, and who compares with
    the last pass knows what changed. Changes as they happen come as webhooks.
    """
    after = cursor.get("after", "")
    if not isinstance(after, str):
        raise Rejected("the cursor's 'after' is not a customer's id")
    async for found, more in _lists(api, after, min(size, PAGE_SIZE)):
        records = tuple(Record(str(customer["id"]), customer) for customer in found)
        yield Page(records, {"after": records[-1].id} if more else {}, last=not more)
