"""What tests of the API share."""

from __future__ import annotations

from collections.abc import Callable

from tests.people.rest.asking import Program

Programs = Callable[..., Program]
