"""What a Tryton answer means: RPC errors come with HTTP 200 as ``{"error": [name, arguments]}``.

=====================  ==============================================  =================================
name                   arguments                                       becomes
=====================  ==============================================  =================================
UserError              [message, description, domain]                  Rejected
UserWarning            [name, message, description]                    Rejected, detail = the warning
ConcurrencyException   message                                         Transient: read again, then write
LoginException         [name, message, type]                           AuthFailed: asks for a further factor
anything else          "" or a traceback; the name is the exception's  Transient: it failed inside and undid
                       text                                            its transaction, as a 500 would say
=====================  ==============================================  =================================

Source: ``trytond/exceptions.py`` and ``trytond/protocols/jsonrpc.py`` of trytond 8.2. A lack of access
rights is a UserError like any other. Messages quote the values of records: what stands in quotes is
left out of the reason, the whole answer stays with the error's ``body``.
"""

from __future__ import annotations

import re
from typing import Any

from connectors.errors import AuthFailed, ConnectorError, ContractBroken, Rejected, Transient
from connectors.response import Response

_QUOTED = re.compile(r'"[^"]*"')
_LONGEST = 300


def fault(error: Any, response: Response, method: str) -> ConnectorError:
    """The error that an answer's ``error`` stands for."""
    if not isinstance(error, list) or not error or not isinstance(error[0], str):
        return ContractBroken("Tryton answered with an error of unknown form", status=200, body=response.body)
    kind, reason, detail = _judged(error[0], error[1] if len(error) > 1 else None, method)
    return kind(reason, detail=detail, status=response.status, body=response.body)


def _judged(name: str, arguments: Any, method: str) -> tuple[type[ConnectorError], str, str]:
    if name == "UserError":
        return Rejected, f"Tryton refused: {_sentence(arguments, 0)}", name
    if name == "UserWarning":
        return Rejected, f"Tryton wants a person to confirm: {_sentence(arguments, 1)}", _text(arguments, 0)
    if name == "ConcurrencyException":
        return Transient, "somebody changed the record in Tryton at the same time", name
    if name == "LoginException":
        return AuthFailed, f"Tryton asks for a further factor: {_sentence(arguments, 1)}", _text(arguments, 0)
    return Transient, f"Tryton failed inside {method} and undid it", "server_error"


def _text(arguments: Any, index: int) -> str:
    if isinstance(arguments, list) and len(arguments) > index and isinstance(arguments[index], str):
        return str(arguments[index])
    return ""


def _sentence(arguments: Any, index: int) -> str:
    """The first line, with quoted values left out."""
    first_line, *_ = _text(arguments, index).splitlines() or [""]
    return _QUOTED.sub('"…"', first_line)[:_LONGEST] or "without a reason"
