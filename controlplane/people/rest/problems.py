"""Every refusal of the API as a problem document (RFC 9457), whoever raised it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.http import Http404, HttpResponse
from rest_framework import exceptions
from rest_framework.views import APIView

from controlplane.foundation import problem as problems
from controlplane.foundation.errors import (
    BadInput,
    Invalid,
    NotAllowed,
    NotFound,
    NotReadable,
    NotSignedIn,
    NotThisWay,
    Problem,
    TooLarge,
    TooMany,
)

NOTHING_HERE = "This leads to nothing, or to something that is not yours to see."
NOTHING_DONE = "Nothing was changed."
ONLY_JSON = "Bodies are JSON: send “Content-Type: application/json”."
TOO_MANY = "Too many requests in this minute; nothing was done."
NOBODY = "Send “Authorization: Bearer” and a token, or sign in."


def answer(error: Exception, context: Mapping[str, Any]) -> HttpResponse | None:
    """The answer to an error that a view raised; None for a defect of ours, which takes its usual way."""
    problem = as_problem(error)
    if problem is None:
        return None
    view: APIView = context["view"]
    request = context["request"]
    headers = problems.headers(problem)
    if isinstance(problem, NotSignedIn) and (asked := view.get_authenticate_header(request)):
        headers["www-authenticate"] = asked
    document = problems.body(problem, instance=request.path)
    return HttpResponse(document, status=problem.status, headers=headers)


def as_problem(error: Exception) -> Problem | None:
    """The problem that an error of Django or of REST framework stands for."""
    if isinstance(error, Problem):
        return error
    make = next((make for kinds, make in _PROBLEMS if isinstance(error, kinds)), None)
    return make(error) if make is not None else None


def _invalid(detail: Any) -> Invalid:
    """One sentence for people, and ``errors`` with every field's for programs."""
    errors = [{"field": path, "message": message} for path, message in _leaves(detail)]
    first = errors[0]
    words = f"{first['field']}: {first['message']}" if first["field"] else str(first["message"])
    return Invalid(words, field=first["field"], errors=errors)


def _leaves(detail: Any, path: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(detail, Mapping):
        for name, inner in detail.items():
            here = path if name == "non_field_errors" else f"{path}.{name}" if path else str(name)
            yield from _leaves(inner, here)
    elif isinstance(detail, list | tuple):
        for place, inner in enumerate(detail):
            nested = isinstance(inner, Mapping | list | tuple)
            yield from _leaves(inner, f"{path}[{place}]" if nested and inner else path)
    else:
        yield path, str(detail)


#: The first that fits makes the problem.
_PROBLEMS: tuple[tuple[tuple[type[Exception], ...], Callable[[Any], Problem]], ...] = (
    ((exceptions.ValidationError,), lambda error: _invalid(error.detail)),
    ((Http404, exceptions.NotFound), lambda _: NotFound(NOTHING_HERE)),
    ((exceptions.NotAuthenticated, exceptions.AuthenticationFailed), lambda _: NotSignedIn(NOBODY)),
    ((PermissionDenied, exceptions.PermissionDenied), lambda error: NotAllowed(str(error) or NOTHING_DONE)),
    ((exceptions.MethodNotAllowed,), lambda error: NotThisWay(str(error))),
    ((exceptions.UnsupportedMediaType,), lambda _: NotReadable(ONLY_JSON)),
    ((exceptions.Throttled,), lambda error: TooMany(TOO_MANY, retry_after=error.wait)),
    ((RequestDataTooBig,), lambda _: TooLarge("The request is larger than the API takes.")),
    ((exceptions.ParseError, SuspiciousOperation), lambda error: BadInput(str(error) or NOTHING_DONE)),
)
