"""Nothing of a description can be struck out, or be written as it must not be, and nobody is told."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from typing import Any, Final, TypeAlias

from controlplane.contracts.rules.comparing import compare_openapi
from controlplane.foundation.errors import Invalid
from tests.contracts.shop import shop

Step: TypeAlias = "str | int"
Spot: TypeAlias = tuple[Step, ...]

#: Something else says the same: the default is the same response, a path's parameter cannot be left out, the other
#: part of a customer is an object as well.
_SAID_ELSEWHERE: Final = {
    ("paths", "/orders", "get", "responses", "4XX"),
    ("paths", "/orders", "post", "responses", "4XX"),
    ("paths", "/orders/{id}", "get", "responses", "4XX"),
    ("paths", "/orders/{id}", "parameters", 0, "required"),
    ("components", "schemas", "Customer", "allOf", 1, "type"),
    ("components", "schemas", "Party", "type"),
}
#: A path's parameter cannot be left out; what is not false is true; what a scope is about is said to people only.
_NO_MATTER: Final = {
    ("paths", "/orders/{id}", "parameters", 0, "required"),
    ("components", "schemas", "Card", "properties", "pan", "writeOnly"),
    ("components", "securitySchemes", "oauth", "flows", "clientCredentials", "scopes", "orders:write"),
}


def _spots(part: Any, within: Spot = ()) -> Iterator[Spot]:
    steps = part.items() if isinstance(part, dict) else enumerate(part) if isinstance(part, list) else ()
    for step, inner in steps:
        yield (*within, step)
        yield from _spots(inner, (*within, step))


def _holder(root: Any, spot: Spot) -> Any:
    for step in spot[:-1]:
        root = root[step]
    return root


def _is_told(description: Any) -> bool:
    try:
        return compare_openapi(shop(), description) != []
    except Invalid:
        return True


def test_whatever_is_struck_out_is_told() -> None:
    silent = set()
    for spot in _spots(shop()):
        changed = deepcopy(shop())
        del _holder(changed, spot)[spot[-1]]
        if not _is_told(changed):
            silent.add(spot)
    assert silent == _SAID_ELSEWHERE


def test_whatever_is_written_as_it_must_not_be_is_told_and_no_failure() -> None:
    silent = set()
    for spot in _spots(shop()):
        changed = deepcopy(shop())
        _holder(changed, spot)[spot[-1]] = 7
        if not _is_told(changed):
            silent.add(spot)
    assert silent == _NO_MATTER
