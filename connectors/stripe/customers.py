"""``customer.upsert``: the customer that the body names, made or brought up to date; and reading them.

Body::

    {"match": {"foreign_id": "C-1042"},        or {"id": "cus_9"} or {"email": "ada@example.com"}
     "values": {"name": …, "email": …, "phone": …, "address": {…}, "metadata": {…}, …}}

``values`` are Stripe's own parameters of a customer. A customer that is made carries in its metadata
``interlock_id`` (the foreign id, if that is what it was matched by) and ``interlock_key`` (the idempotency key), so
that it is found again when the answer was lost and also after Stripe has forgotten the key (24 hours).

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

from connectors.errors import Rejected
from connectors.messages import Operation, Page, Receipt, Record
from connectors.response import Response
from connectors.stripe.api import Api, an_object, listed

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
    if found is None:
        return await _create(api, name, wanted, values, operation)
    if operation.takeover and _metadata(found).get(KEY) == operation.key:
        # The lost try made it, from this very body: the key is the step run and the body's revision. Its
        # state may be somebody else's by now and must not pass for our echo, so no record is given.
        return replace(_receipt(found, found=True, calls=0), record={}, status=200)
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
    return _written(await api.post(PATH, made, key=operation.key, headers=operation.headers))


async def _update(api: Api, customer: str, values: dict[str, Any], operation: Operation) -> Receipt:
    """Under a key of its own: the same key for another address is an error at Stripe."""
    _check_id(customer)
    if not values:
        raise Rejected("'values' is empty: there is nothing to change", detail="invalid_body")
    key = f"{operation.key}:update"
    return _written(await api.post(f"{PATH}/{customer}", values, key=key, headers=operation.headers))


def _written(response: Response) -> Receipt:
    """Stripe says when it only repeats the answer to an earlier request with this key."""
    replayed = response.headers.get("idempotent-replayed") == "true"
    return _receipt(an_object(response, "customer"), found=replayed, calls=1, response=response)


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
