"""What can go wrong while speaking with a system, by what the caller should do about it.

::

    ConnectorError
    ├── Transient            try again later; ``retry_after`` seconds when the system said so
    │   └── RateLimited      the same, and the destination as a whole should slow down
    ├── OutcomeUnknown       it was sent and no answer came: look before writing again
    ├── AuthFailed           the credential was refused: nothing goes through until a person has replaced it
    ├── Rejected             the system understood and said no: a person must change something
    ├── Gone                 it takes no more of anything: nothing is sent until a person says so
    ├── ContractBroken       the system answered with something its contract does not allow
    ├── Refused              we would not send it: the address is forbidden (invariant 6)
    └── NotSupported         the system lacks this operation

Each class has a stable ``code`` (the *error class* of an attempt, searchable as ``error:``) and
``retry``: whether trying the same thing again later can succeed without a person.
"""

from __future__ import annotations

from copy import copy
from typing import ClassVar

#: Details of what a broker says of one topic, and neither of itself nor of who has signed in: its other topics go on.
TOPIC_DENIED, UNKNOWN_TOPIC = "topic_denied", "unknown_topic"


class ConnectorError(Exception):
    """A call to a system did not end in success.

    ``reason`` is one sentence for a person, without secrets or personal data; ``detail`` is the
    vendor's own code (``tax_id_invalid``) where it has one; ``status`` the HTTP status, if any.
    ``calls`` counts requests that could write, as a receipt's does: 0 only where it is known that none had left.
    """

    code: ClassVar[str] = "error"
    retry: ClassVar[bool] = False
    calls: int = 1

    def __init__(
        self,
        reason: str,
        *,
        detail: str = "",
        status: int | None = None,
        body: bytes = b"",
    ) -> None:
        super().__init__(reason)
        self.reason = reason
        self.detail = detail
        self.status = status
        self.body = body


class Transient(ConnectorError):
    """The system or the way to it is unwell; the same call may succeed later."""

    code = "transient"
    retry = True

    def __init__(
        self,
        reason: str,
        *,
        retry_after: float | None = None,
        detail: str = "",
        status: int | None = None,
        body: bytes = b"",
    ) -> None:
        super().__init__(reason, detail=detail, status=status, body=body)
        self.retry_after = retry_after


class RateLimited(Transient):
    """The system asked everybody with this credential to slow down."""

    code = "rate_limited"


class OutcomeUnknown(ConnectorError):
    """The request left and no whole answer came back: it may or may not have taken effect."""

    code = "outcome_unknown"
    retry = True


class AuthFailed(ConnectorError):
    """The credential is missing, expired, revoked or short of a scope."""

    code = "auth_failed"


class Rejected(ConnectorError):
    """The system understood the request and refused it; repeating it changes nothing."""

    code = "rejected"


class Gone(ConnectorError):
    """The receiver wants nothing more at this address (410): what is for it is kept until a person decides."""

    code = "gone"


class ContractBroken(ConnectorError):
    """The answer, or the event, is not what the contract with this system says."""

    code = "contract_broken"


class Refused(ConnectorError):
    """The control plane refused to connect: address, scheme or port is not allowed."""

    code = "refused"


class NotSupported(ConnectorError):
    """This system has no such operation."""

    code = "not_supported"


def perhaps_done(broken: ContractBroken) -> OutcomeUnknown:
    """What an answer that cannot be read is of a write: it may have taken effect."""
    reason = f"{broken.reason}; it may have taken effect"
    return OutcomeUnknown(reason, detail=broken.detail, status=broken.status, body=broken.body)


def counted(error: ConnectorError, calls: int) -> ConnectorError:
    """The same error of so many requests that could write; ``error`` stays as it is, since others may share it."""
    same = copy(error)
    same.calls = calls
    return same
