"""Files that leave piece by piece, however the server speaks."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from itertools import chain

from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIRequest
from django.http import HttpRequest, StreamingHttpResponse

CSV, JSON = "text/csv; charset=utf-8", "application/json"


def csv_file(request: HttpRequest, pieces: Iterator[bytes], name: str) -> StreamingHttpResponse:
    """A download of CSV."""
    return download(request, pieces, name, CSV)


def download(request: HttpRequest, pieces: Iterator[bytes], name: str, media_type: str) -> StreamingHttpResponse:
    """A file by that name. A server that speaks ASGI would collect a plain iterator before it sends the first piece."""
    # What is refused is refused before the answer has begun.
    begun = chain([next(pieces, b"")], pieces)
    body = _awaited(begun) if isinstance(request, ASGIRequest) else begun
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return StreamingHttpResponse(body, content_type=media_type, headers=headers)


async def _awaited(pieces: Iterator[bytes]) -> AsyncIterator[bytes]:
    def following() -> bytes | None:
        return next(pieces, None)

    while (piece := await sync_to_async(following)()) is not None:
        yield piece
