"""What in a search may be somebody's, and so stands in no address and in no record that is kept for ever.

E-mail addresses, telephone numbers and account numbers wherever they stand; what is typed as text, which may be a name,
also behind a field that does not exist; values in quotation marks; long numbers on their own. Names of the catalogue,
ids and business keys are not hidden: they are what an address is for. Which keys there are is asked where it matters.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection

from controlplane.transactions.masking import DOTS, personal_hidden, without_addresses
from controlplane.transactions.search import names
from controlplane.transactions.search.fields import BY_NAME, STATUS_WORDS
from controlplane.transactions.search.grammar import FIELD, pieces
from controlplane.transactions.search.query import Reading, Word, reading

_TEXT = "text"
_LONG_NUMBER = re.compile(r"[+\d][\d()/.-]{5,}\d")


#: The fields of business keys.
Keys = Callable[[], Collection[str]]


def is_personal(text: str, keys: Keys = names.keys) -> bool:
    """Whether something in a search may be somebody's."""
    plain = " ".join(piece.text for piece in pieces(text))
    return hidden(text, keys) != plain


def hidden(text: str, keys: Keys = names.keys) -> str:
    """A search without what may be somebody's, as the audit keeps it; also one that cannot be read."""
    return " ".join(_hidden(piece.text, keys) for piece in pieces(_numbers_hidden(text)))


def _numbers_hidden(text: str) -> str:
    """A telephone number has spaces, and so is several pieces."""
    return text if text == personal_hidden(text) else " ".join(map(_of_free_text, _runs(text)))


def _runs(text: str) -> list[str]:
    """The pieces of fields of the catalogue one by one, and what is between them whole."""
    runs: list[str] = []
    free = False
    for piece in pieces(text):
        of_catalogue = _is_of_catalogue(piece.text)
        if free and not of_catalogue:
            runs[-1] += f" {piece.text}"
        else:
            runs.append(piece.text)
        free = not of_catalogue
    return runs


def _of_free_text(run: str) -> str:
    return without_addresses(run) if _is_of_catalogue(run) else personal_hidden(run)


def _is_of_catalogue(piece: str) -> bool:
    found = FIELD.match(piece.removeprefix("-"))
    return found is not None and found[1].lower() in BY_NAME.keys() - {_TEXT}


def _hidden(piece: str, keys: Keys) -> str:
    minus = "-" if piece.startswith("-") else ""
    body = piece.removeprefix("-")
    found = FIELD.match(body)
    if _is_of_catalogue(piece):
        return piece
    if found is None:
        return f"{minus}{DOTS}" if _may_be_somebody_s(body) else piece
    field, value = found[1].lower(), body[found.end() :]
    shown = field != _TEXT and '"' not in body and (not _may_be_somebody_s(value) or field in keys())
    return piece if shown else f"{minus}{found[0]}{DOTS}"


def _may_be_somebody_s(bare: str) -> bool:
    return '"' in bare or any(
        _LONG_NUMBER.fullmatch(value) is not None
        or (reading(Word(value)) is Reading.TEXT and value.lower() not in STATUS_WORDS)
        for value in bare.split(",")
    )
