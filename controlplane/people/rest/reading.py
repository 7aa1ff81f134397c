"""Reading requests: JSON and nothing else, of a bounded size and depth, in which nothing stands twice."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import IO, Any

import orjson
from django.conf import settings
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.parsers import BaseParser
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request

from controlplane.foundation.documents.objects import repeated
from controlplane.foundation.errors import BadInput, TooLarge

MAX_DEPTH = 64
_INTEGERS = range(-(2**63), 2**64)


class StrictJson(BaseParser):
    """One JSON value. Refused: duplicate names, numbers beyond 64 bits, deep nesting, what is not UTF-8."""

    media_type = "application/json"

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,  # noqa: ARG002 - named by REST framework
        parser_context: Mapping[str, Any] | None = None,  # noqa: ARG002 - named by REST framework
    ) -> Any:
        """The value; :class:`BadInput` says what is wrong with it."""
        most = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        body = stream.read(most + 1)
        if len(body) > most:
            raise TooLarge(f"A request to the API has {most:,} bytes at most.")
        if not body.strip():
            return {}
        try:
            value = orjson.loads(body)
        except orjson.JSONDecodeError as error:
            message = f"The body is not JSON: {error.msg} in line {error.lineno}, column {error.colno}."
            raise BadInput(message) from error
        _check_depth(value, MAX_DEPTH)
        # Read once more by a parser that tells of what the fast one passes over in silence.
        return json.loads(body, object_pairs_hook=_once, parse_int=_whole)


class AlwaysJson(BaseContentNegotiation):
    """Bodies by their content type; answers are JSON, whatever was asked for."""

    def select_parser(self, request: Request, parsers: Iterable[BaseParser]) -> BaseParser | None:
        """The parser for the request's content type; None is answered with 415."""
        given = (request.content_type or "").partition(";")[0].strip().lower()
        return next((parser for parser in parsers if parser.media_type == given), None)

    def select_renderer(
        self,
        request: Request,  # noqa: ARG002 - named by REST framework
        renderers: Iterable[BaseRenderer],
        format_suffix: str | None = None,  # noqa: ARG002 - named by REST framework
    ) -> tuple[BaseRenderer, str]:
        """The only one there is."""
        only = next(iter(renderers))
        return only, str(only.media_type)


def _check_depth(value: Any, most: int) -> None:
    level = [value]
    for _ in range(most):
        level = [child for one in level for child in _children(one)]
        if not level:
            return
    raise BadInput(f"The body is nested deeper than {most} levels.")


def _children(value: Any) -> Sequence[Any]:
    if isinstance(value, dict):
        return list(value.values())
    return value if isinstance(value, list) else ()


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if (twice := repeated(name for name, _ in pairs)) is not None:
        raise BadInput(f"{twice!r} stands twice in the same object.")
    return dict(pairs)


def _whole(text: str) -> int:
    number = int(text) if len(text) < 25 else _INTEGERS.stop  # noqa: PLR2004 - longer than any 64-bit number
    if number not in _INTEGERS:
        raise BadInput(f"The number {text[:40]} is larger than 64 bits hold; write it as text.")
    return number
