"""What an operation of several requests has sent: a failure between them is told with what had left by then."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from connectors.errors import ConnectorError, ContractBroken, perhaps_done


class Writes:
    """The requests of one operation that could write: ``sent`` counts those that left, whatever came of them."""

    def __init__(self) -> None:
        self.sent = 0

    @contextmanager
    def one(self) -> Iterator[None]:
        """Around one such request. An answer to it that cannot be read (a proxy's page) is ``OutcomeUnknown``."""
        self.sent += 1
        try:
            yield
        except ConnectorError as error:
            if not error.calls:
                self.sent -= 1
            elif isinstance(error, ContractBroken):
                raise perhaps_done(error) from None
            raise
