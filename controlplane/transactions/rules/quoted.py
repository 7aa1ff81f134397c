"""What is quoted in a sentence that a vendor wrote, as a pattern: a value, whatever marks the language has. Pure."""

from __future__ import annotations

from typing import Final

#: Apostrophes that open no quotation: of "can't", "l'adresse" and "the customers' ". Tried before :data:`QUOTED`.
APOSTROPHE: Final = r"(?<=\w)'(?=(?:d|ll|m|re|s|t|ve)\b)|\b(?:[cdjlmnst]|qu|dell|nell|sull)'(?=\w)|(?<=s)'(?=\s)"
QUOTED: Final = r"'[^']*'|\"[^\"]*\"|„[^“”]*[“”]|“[^“”]*”|‚[^‘’]*[‘’]|‘[^‘’]*’|«[^«»]*»"
