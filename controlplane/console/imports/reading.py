"""Reading a document that is to be imported: what cannot be read is refused as everything else of it is."""

from __future__ import annotations

from controlplane.console.estate.problems import Refused
from controlplane.foundation.documents import reading
from controlplane.foundation.documents.places import Path
from controlplane.foundation.documents.reading import MOST_BYTES, Source

__all__ = ["MOST_BYTES", "Path", "Source", "read", "read_all"]


def read(content: bytes, file: str) -> Source:
    """The one document in a file; :class:`Refused` says why it cannot be read."""
    try:
        return reading.read(content, file)
    except reading.Unreadable as error:
        raise Refused([error.detail]) from error


def read_all(content: bytes, file: str) -> Source:
    """All documents in a file, as a list: YAML may hold several."""
    try:
        return reading.read_all(content, file)
    except reading.Unreadable as error:
        raise Refused([error.detail]) from error
