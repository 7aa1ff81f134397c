"""Where every setting comes from: the environment, with a default for the one-machine runtime.

A setting is declared once, with its meaning, by :func:`setting`; ``docs/settings.md`` must name
each (``tests/house/test_documented.py``). Reading one that cannot be understood says which
variable, what it held and what it takes.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")


class BadSetting(ValueError):
    """A setting's value cannot be used; the message says what it may be."""


@dataclass(frozen=True, slots=True)
class Declared:
    """One declared setting: its environment variable, its default as shown, and its meaning."""

    name: str
    default: str
    meaning: str


DECLARED: dict[str, Declared] = {}


def setting(name: str, default: str, read: Callable[[str], T], meaning: str) -> T:
    """The value of environment variable ``name``, read; declares it for the documentation."""
    DECLARED[name] = Declared(name, default, meaning)
    raw = os.environ.get(name, default)
    try:
        return read(raw)
    except (ValueError, TypeError) as error:
        message = f"{name}={raw!r} cannot be used: {error}. It means: {meaning}"
        raise BadSetting(message) from error


def flag(raw: str) -> bool:
    """``1``, ``true``, ``yes``, ``on`` or their opposites."""
    word = raw.strip().lower()
    if word in {"1", "true", "yes", "on"}:
        return True
    if word in {"", "0", "false", "no", "off"}:
        return False
    message = "expected one of 1, true, yes, on, 0, false, no, off"
    raise ValueError(message)


def words(raw: str) -> list[str]:
    """Values separated by commas; empty ones are dropped."""
    return [word.strip() for word in raw.split(",") if word.strip()]


def whole(raw: str) -> int:
    """A whole number, zero or more."""
    number = int(raw)
    if number < 0:
        message = "expected a whole number, zero or more"
        raise ValueError(message)
    return number


def kept_secret(path: Path) -> str:
    """A random key kept in a private file, made on first use.

    ``O_EXCL`` decides between two processes that start at once: the loser reads what won.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text().strip()
    with os.fdopen(descriptor, "w") as file:
        file.write(key := secrets.token_urlsafe(48))
    return key
