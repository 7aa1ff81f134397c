"""What a status says, by the first of its digits: https://www.rfc-editor.org/rfc/rfc9110#section-15."""

from __future__ import annotations


def is_success(status: str) -> bool:
    """Whether the call is done: 2xx, or all of them."""
    return status.startswith("2")


def is_redirect(status: str) -> bool:
    """Whether the answer is elsewhere: 3xx, or all of them."""
    return status.startswith("3")
