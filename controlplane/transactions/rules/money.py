"""Money as it is kept: whole minor units and a currency, never a float."""

from __future__ import annotations

#: Currencies whose minor unit is not a hundredth (ISO 4217, table A.1).
NO_DECIMALS = [
    "BIF",
    "CLP",
    "DJF",
    "GNF",
    "ISK",
    "JPY",
    "KMF",
    "KRW",
    "PYG",
    "RWF",
    "UGX",
    "UYI",
    "VND",
    "VUV",
    "XAF",
    "XOF",
    "XPF",
]
THREE_DECIMALS = ["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"]
_SYMBOLS = {"EUR": "€", "USD": "$", "GBP": "£"}


def minor_digits(currency: str) -> int:
    """How many decimals a currency has."""
    return 0 if currency in NO_DECIMALS else 3 if currency in THREE_DECIMALS else 2


def written(minor: int | None, currency: str) -> str:
    """``€3,940.00``, ``JPY 5,000``: an amount in minor units; nothing where there is none."""
    if minor is None or not currency:
        return ""
    digits = minor_digits(currency)
    whole, rest = divmod(abs(minor), 10**digits)
    number = f"{whole:,}" + (f".{rest:0{digits}d}" if digits else "")
    return f"{'−' if minor < 0 else ''}{_SYMBOLS.get(currency, f'{currency} ')}{number}"


def plain(minor: int | None, currency: str) -> str:
    """``3940.00``, ``-5000``: an amount as a number that programs read; nothing where there is none."""
    if minor is None or not currency:
        return ""
    digits = minor_digits(currency)
    whole, rest = divmod(abs(minor), 10**digits)
    return f"{'-' if minor < 0 else ''}{whole}" + (f".{rest:0{digits}d}" if digits else "")
