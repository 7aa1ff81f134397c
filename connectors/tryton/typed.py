"""Tryton's typed JSON: what JSON has no word for travels as ``{"__class__": "Decimal", "decimal": "1.50"}``.

Source: ``trytond/protocols/jsonrpc.py`` of trytond 8.2. Tryton's times have no zone and are UTC; here
they are aware. Money is ``Decimal`` and never passes through a float in either direction.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from connectors.errors import ContractBroken

_DECODERS: Mapping[str, Callable[[Mapping[str, Any]], Any]] = {
    "datetime": lambda v: datetime(
        v["year"], v["month"], v["day"], v["hour"], v["minute"], v["second"], v["microsecond"], tzinfo=UTC
    ),
    "date": lambda v: date(v["year"], v["month"], v["day"]),
    "time": lambda v: time(v["hour"], v["minute"], v["second"], v["microsecond"]),
    "timedelta": lambda v: timedelta(seconds=v["seconds"]),
    "bytes": lambda v: base64.b64decode(v["base64"]),
    "Decimal": lambda v: Decimal(v["decimal"]),
}


def decode(value: Any) -> Any:
    """Wire → Python. An unknown class stays a mapping; a known one that is broken: ``ContractBroken``."""
    if isinstance(value, list):
        return [decode(item) for item in value]
    if not isinstance(value, dict):
        return value
    decoder = _DECODERS.get(value.get("__class__", ""))
    if decoder is None:
        return {name: decode(item) for name, item in value.items()}
    try:
        return decoder(value)
    except (KeyError, TypeError, ValueError, InvalidOperation, binascii.Error) as error:
        raise ContractBroken(f"Tryton sent a broken {value['__class__']}") from error


def encode(value: Any) -> Any:
    """Python → wire. Raises ``TypeError`` for what Tryton has no form for, and for a naive time."""
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, Mapping):
        return {str(name): encode(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [encode(item) for item in value]
    for kind, encoder in _ENCODERS:
        if isinstance(value, kind):
            return encoder(value)
    message = f"Tryton has no form for a {type(value).__name__}"
    raise TypeError(message)


def _encoded_datetime(moment: datetime) -> dict[str, Any]:
    if moment.tzinfo is None:
        message = "a time without a zone cannot be sent"
        raise TypeError(message)
    utc = moment.astimezone(UTC)
    return _encoded_date(utc) | _encoded_time(utc) | {"__class__": "datetime"}


def _encoded_date(day: date) -> dict[str, Any]:
    return {"__class__": "date", "year": day.year, "month": day.month, "day": day.day}


def _encoded_time(clock: time | datetime) -> dict[str, Any]:
    parts = {"hour": clock.hour, "minute": clock.minute, "second": clock.second}
    return {"__class__": "time", **parts, "microsecond": clock.microsecond}


#: In this order: a ``datetime`` is a ``date`` too.
_ENCODERS: tuple[tuple[type, Callable[[Any], dict[str, Any]]], ...] = (
    (datetime, _encoded_datetime),
    (date, _encoded_date),
    (time, _encoded_time),
    (timedelta, lambda span: {"__class__": "timedelta", "seconds": span.total_seconds()}),
    (bytes, lambda raw: {"__class__": "bytes", "base64": base64.b64encode(raw).decode()}),
    (Decimal, lambda number: {"__class__": "Decimal", "decimal": str(number)}),
)


def plain(value: Any) -> Any:
    """Python → what a record shows: money as text (``"12.50"``), times as ISO 8601 in UTC, the rest as it is."""
    if isinstance(value, datetime):
        return iso(value)
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, date | time):
        return value.isoformat()
    return value


def iso(moment: datetime) -> str:
    """``2026-11-21T23:06:37.439198Z``: always with six digits, so that text sorts as time does."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
