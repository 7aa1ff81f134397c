"""How a record breaks a schema, as places and keywords, ``/currency enum``: no value is among them."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any, Final

from controlplane.transactions.rules.fields import name_of

#: Of one record: a broken body can have thousands.
MOST: Final = 10
#: What belongs to each pair: what a keyword of the object says of one field of it.
_OF_FIELDS: Final = ("property", "unexpected")


def breaks_of(validator: Any, record: Any) -> frozenset[str]:
    """The first of them, each once."""
    found = (place for error in islice(validator.iter_errors(record), MOST) for place in places(error))
    return frozenset(islice(found, MOST))


def places(error: Any) -> Iterator[str]:
    """Where one error is: of a field that is missing or one too many, at that field."""
    holder = "".join(f"/{'*' if isinstance(part, int) else name_of(part)}" for part in error.instance_path)
    keyword, said = error.kind.name, [getattr(error.kind, name, ()) for name in _OF_FIELDS]
    names = [name for one in said for name in ([one] if isinstance(one, str) else one)]
    yield from (f"{holder}/{name_of(name)} {keyword}" for name in names)
    if not names:
        yield f"{holder} {keyword}"
