"""The errors that people and machines are shown, as a tree by what the caller should do.

::

    Problem                 becomes an RFC 9457 answer, or a form message
    ├── BadInput            400: the request itself is malformed
    ├── NotSignedIn         401: nobody proved who asks
    ├── NotAllowed          403: the person may not do this
    ├── NotFound            404: it does not exist, or not for this person
    ├── NotThisWay          405: the address has no such method
    ├── Conflict            409: somebody was faster, or the state does not allow it
    ├── TooSlow             408: it did not arrive in time
    ├── TooLarge            413
    ├── NotReadable         415: a kind of body that is not taken here
    ├── Invalid             422: well-formed, but a value cannot be used (``field`` names it)
    ├── TooMany             429: slow down (``retry_after`` seconds)
    ├── HeadTooLarge        431
    └── Unavailable         503: try again later (``retry_after`` seconds)

``title`` is the same for a class; ``detail`` says what happened, to what, what was kept safe and
what to do next.
"""

from __future__ import annotations

from typing import Any, ClassVar


class Problem(Exception):
    """Something to tell the caller; never a defect of ours."""

    status: ClassVar[int] = 500
    title: ClassVar[str] = "Something went wrong"
    code: ClassVar[str] = "problem"

    def __init__(self, detail: str, *, field: str = "", retry_after: float | None = None, **extra: Any) -> None:
        super().__init__(detail)
        self.detail = detail
        self.field = field
        self.retry_after = retry_after
        self.extra = extra


class BadInput(Problem):
    """The request cannot be understood."""

    status, title, code = 400, "The request cannot be understood", "bad-input"


class NotSignedIn(Problem):
    """Nobody proved who asks, or the proof does not hold (any more)."""

    status, title, code = 401, "Say who you are", "not-signed-in"


class NotAllowed(Problem):
    """The person lacks the right."""

    status, title, code = 403, "You may not do this", "not-allowed"


class NotFound(Problem):
    """Missing, or out of the caller's reach: both look the same."""

    status, title, code = 404, "There is nothing here", "not-found"


class NotThisWay(Problem):
    """The address exists, the method does not."""

    status, title, code = 405, "This method does not exist here", "not-this-way"


class Conflict(Problem):
    """The state changed, or does not allow this."""

    status, title, code = 409, "This cannot be done now", "conflict"


class TooSlow(Problem):
    """What was announced did not arrive in time."""

    status, title, code = 408, "The request took too long", "too-slow"


class TooLarge(Problem):
    """More bytes than the limit."""

    status, title, code = 413, "The body is too large", "too-large"


class NotReadable(Problem):
    """A body of a kind that is not taken here."""

    status, title, code = 415, "This kind of body is not taken", "not-readable"


class Invalid(Problem):
    """Well-formed, but a value cannot be used."""

    status, title, code = 422, "A value cannot be used", "invalid"


class TooMany(Problem):
    """More requests than the limit."""

    status, title, code = 429, "Too many requests", "too-many"


class HeadTooLarge(Problem):
    """More headers than a request has use for (RFC 6585, 5)."""

    status, title, code = 431, "The headers are too large", "head-too-large"


class Unavailable(Problem):
    """Temporarily impossible; nothing was accepted."""

    status, title, code = 503, "Try again later", "unavailable"
