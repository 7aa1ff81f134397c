"""What senders are told. One uniform answer for every failed signature: which check failed is ours to know."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple
from uuid import UUID

from controlplane.foundation import problem
from controlplane.foundation.errors import BadInput, NotFound, Problem, TooMany, Unavailable
from controlplane.transactions.ingress.batches import Stored

RETRY_SECONDS = 2
#: What has piled up is not worked off in two seconds.
PRESSED_RETRY_SECONDS = 30


class MethodNotAllowed(Problem):
    """Only POST is."""

    status, title, code = 405, "Only POST is allowed", "method-not-allowed"


class EncodingRefused(Problem):
    """The body is packed, and the endpoint does not unpack."""

    status, title, code = 415, "The body's encoding is not taken", "encoding"


class NotBelieved(Problem):
    """One uniform answer for every signature that is not right."""

    status, title, code = 401, "The signature is not right", "not-believed"


class NotReadable(NotBelieved):
    """The same answer, for a signature that cannot even be read."""

    status = 400


Lines = tuple[tuple[bytes, bytes], ...]


class Answer(NamedTuple):
    """An HTTP answer. ``outcome`` is its name in the metrics; ``closes`` says that the connection ends with it."""

    status: int
    body: bytes
    outcome: str
    lines: Lines
    closes: bool = False


def _lines(length: int, headers: Mapping[str, str]) -> Lines:
    """Headers as ASGI has them."""
    return (*((name.encode(), value.encode()) for name, value in headers.items()), (b"content-length", b"%d" % length))


_TEXT_OF_ID = 36
_ACCEPTED, _REPEATED = b'{"id":"%b","status":"accepted"}', b'{"id":"%b","status":"duplicate"}'
_JSON = {"content-type": "application/json"}
_ACCEPTED_LINES = _lines(len(_ACCEPTED % bytes(_TEXT_OF_ID)), _JSON)
_REPEATED_LINES = _lines(len(_REPEATED % bytes(_TEXT_OF_ID)), _JSON)


def accepted(event_id: UUID) -> Answer:
    """202: durable, and this is its id."""
    return Answer(202, _ACCEPTED % str(event_id).encode(), "accepted", _ACCEPTED_LINES)


def repeated(event_id: UUID, *, conflict: bool) -> Answer:
    """200: known already, with the first id. A conflicting body is kept and shown to us, not to the sender."""
    outcome = "conflict" if conflict else "duplicate"
    return Answer(200, _REPEATED % str(event_id).encode(), outcome, _REPEATED_LINES)


def durable(stored: Stored) -> Answer:
    """202 or 200, by what the database said."""
    return repeated(stored.id, conflict=stored.conflict) if stored.repeats else accepted(stored.id)


def refused(refusal: Problem, outcome: str, *, closes: bool = False, **headers: str) -> Answer:
    """A problem document."""
    return refused_with(problem.body(refusal), problem.CONTENT_TYPE, refusal, outcome, closes=closes, **headers)


def refused_with(
    body: bytes, kind: str, refusal: Problem, outcome: str, *, closes: bool = False, **headers: str
) -> Answer:
    """The same in other words: a ``body`` of another ``kind``."""
    ending = {"connection": "close"} if closes else {}
    lines = _lines(len(body), {**problem.headers(refusal), "content-type": kind, **headers, **ending})
    return Answer(refusal.status, body, outcome, lines, closes)


def closing(answer: Answer) -> Answer:
    """The same, and the connection ends with it: what was not read is not waited for."""
    lines = (*answer.lines, (b"connection", b"close"))
    return answer if answer.closes else Answer(answer.status, answer.body, answer.outcome, lines, closes=True)


def too_many(wait: float) -> Answer:
    """429: more than the endpoint lets in; ``wait`` seconds until there is room for one."""
    detail = "More events arrive than this endpoint lets in for a time. Nothing was accepted; send them again later."
    return refused(TooMany(detail, retry_after=wait), "too-many")


def try_again(detail: str) -> Answer:
    """503: nothing is wrong with the request."""
    return refused(Unavailable(detail, retry_after=RETRY_SECONDS), "unavailable")


_UNBELIEVED = "This request was not accepted: its signature, time stamp or credential is not right for this endpoint."

#: Made once, so that they are the same to the byte whatever was wrong.
NOT_BELIEVED = refused(NotBelieved(_UNBELIEVED), "not-believed")
NOT_READABLE = refused(NotReadable(_UNBELIEVED), "not-believed")
UNKNOWN = refused(NotFound("There is no endpoint at this address."), "unknown")
ONLY_POST = refused(MethodNotAllowed("Send events to this address with POST."), "method", allow="POST")
BROKEN = refused(
    BadInput("The body is not JSON that can be read; nothing was kept. Correct it and send it again."), "broken"
)
ENDPOINTS_UNREADABLE = try_again("The endpoints cannot be read just now. Nothing was accepted.")
ENDPOINT_UNUSABLE = try_again("This endpoint is not set up rightly at our side. Nothing was accepted.")
KEYS_AWAY = try_again("The key that proves your signature cannot be had just now. Nothing was accepted.")
BROKEN_PACKING = refused(
    BadInput("The body is not gzip that can be unpacked; nothing was kept. Correct it and send it again."), "broken"
)
OVERLOADED = try_again("More events arrive than can be made durable. Nothing was accepted.")
BACKLOG = refused(
    Unavailable("More events wait here than may. Nothing was accepted.", retry_after=PRESSED_RETRY_SECONDS), "pressed"
)
NO_SPACE = refused(
    Unavailable(
        "There is too little room left to keep events. Nothing was accepted.", retry_after=PRESSED_RETRY_SECONDS
    ),
    "pressed",
)
NOT_DURABLE = try_again("The event could not be made durable. Send it again: a repeat is harmless.")
