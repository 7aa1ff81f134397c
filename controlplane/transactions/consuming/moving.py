"""A message that cannot be taken, as it is sent on: with the reason, and as much of its own head as can be written.

What was read need not be writable: a text that is not UTF-8, a number too large for the library, or so many headers
that ours make the frame too long.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator

from pamqp.commands import Basic
from pamqp.common import FieldTable, FieldValue
from pamqp.encode import encode_table_value

from connectors.amqp.connector import PERSISTENT
from connectors.amqp.session import UNWRITABLE, Content

REASON = "interlock-reason"
#: The original's delivery, by which a message that nobody takes is known when it comes back.
TAG = "interlock-delivery"


def ever_less(content: Content, reason: str, tag: int) -> Iterator[tuple[Basic.Properties, int]]:
    """Its properties and how many of its headers they lack: none, those that cannot be written, all of them."""
    own = content.properties.headers or {}
    for kept in (own, {name: value for name, value in own.items() if _is_writable(value)}, {}):
        yield _with(content, {**kept, REASON: reason, TAG: tag}), len(own) - len(kept)


def _with(content: Content, headers: FieldTable) -> Basic.Properties:
    properties = copy.copy(content.properties)
    properties.headers = headers
    properties.user_id = None  # the broker would refuse another's name
    if not content.readable:
        properties.delivery_mode = PERSISTENT  # what its sender asked for may stand in what was not read
    return properties


def _is_writable(value: FieldValue) -> bool:
    try:
        encode_table_value(value)
    except UNWRITABLE:
        return False
    return True
