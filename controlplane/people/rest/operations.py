"""One method of the API: what it takes, what it gives, and whether it changes something.

::

    class Causes(ApiView):
        @operation(CausePage, asks=WhichCauses)
        def get(self, call: Call) -> Any: ...

The same declaration checks the request, shapes the answer and writes the OpenAPI document, so that none of
the three can say something else than the others.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import wraps
from typing import Any

from django.http import HttpResponseBase
from rest_framework import serializers
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from controlplane.foundation.errors import BadInput
from controlplane.people.access import Access, access_of
from controlplane.people.rest.once import done_once

Shape = serializers.Serializer[Any]


class Asked(Shape):
    """What a request may say. A name that is not among the fields is refused, with the nearest one that is."""

    def to_internal_value(self, data: Any) -> Any:
        """The fields' values."""
        if isinstance(data, Mapping) and (unknown := [str(name) for name in data if name not in self.fields]):
            raise serializers.ValidationError({unknown[0]: [self._not_known(unknown[0])]})
        return super().to_internal_value(data)

    def _not_known(self, name: str) -> str:
        close = get_close_matches(name, list(self.fields), n=1)
        known = ", ".join(self.fields) or "none"
        return (
            f"There is no such field; did you mean {close[0]}?" if close else f"There is no such field, only: {known}."
        )


@dataclass(frozen=True, slots=True)
class Operation:
    """The declaration of one method.

    ``conflicts``: it may be refused for the state of things without being a write. ``content_type`` is set where the
    answer is no JSON.
    """

    gives: type[Shape] | None
    takes: type[Shape] | None = None
    asks: type[Shape] | None = None
    status: int = 200
    writes: bool = False
    conflicts: bool = False
    content_type: str = "application/json"


@dataclass(frozen=True, slots=True)
class Call:
    """One request, understood: who asks, and the values of its query (``asked``) and of its body (``given``)."""

    access: Access
    request: Request
    asked: Mapping[str, Any] = field(default_factory=dict)
    given: Mapping[str, Any] = field(default_factory=dict)


Method = Callable[..., Any]


def operation(
    gives: type[Shape] | None,
    *,
    takes: type[Shape] | None = None,
    asks: type[Shape] | None = None,
    status: int = 200,
    writes: bool = False,
    conflicts: bool = False,
    content_type: str = "application/json",
) -> Callable[[Method], Method]:
    """Make a method of a view out of one that takes a :class:`Call` and returns what ``gives`` shapes."""
    declared = Operation(gives, takes, asks, status, writes, conflicts, content_type)

    def declare(method: Method) -> Method:
        @wraps(method)
        def handler(view: APIView, request: Request, **where: Any) -> HttpResponseBase:
            call = _understood(declared, request)

            def act() -> tuple[int, object]:
                return declared.status, _shaped(declared, method(view, call, **where))

            if declared.writes:
                return done_once(call.access, request, act)
            if declared.gives is None:
                found: HttpResponseBase = method(view, call, **where)
                return found
            _, said = act()
            return Response(said, status=declared.status)

        handler.operation = declared  # type: ignore[attr-defined]  # read by the schema
        return handler

    return declare


def _understood(declared: Operation, request: Request) -> Call:
    asked = _checked(declared.asks or Asked, _parameters(request))
    given: Mapping[str, Any] = {}
    if declared.takes is not None:
        given = _checked(declared.takes, request.data)
    elif request.method not in SAFE_METHODS:
        given = _checked(Asked, request.data)
    # A page may look at one environment; what the API is asked for is in the address.
    return Call(access_of(request._request).everywhere, request, asked, given)  # noqa: SLF001 - Django's own request


def _parameters(request: Request) -> dict[str, Any]:
    """The query's parameters; each may stand once."""
    found = dict(request.query_params.lists())
    twice = next((name for name, values in found.items() if len(values) > 1), None)
    if twice is not None:
        raise BadInput(f"{twice} stands more than once in the address.", field=twice)
    return {name: values[0] for name, values in found.items()}


def _checked(shape: type[Shape], said: Any) -> Mapping[str, Any]:
    read = shape(data=said)
    read.is_valid(raise_exception=True)
    found: Mapping[str, Any] = read.validated_data
    return found


def _shaped(declared: Operation, found: Any) -> object:
    return declared.gives(found).data if declared.gives is not None else None


def operation_of(view: APIView, method: str) -> Operation | None:
    """The declaration of a view's method, if it has one."""
    found: Operation | None = getattr(getattr(view, method.lower(), None), "operation", None)
    return found
