"""Why a secret could not be had."""

from __future__ import annotations


class SecretUnavailable(Exception):
    """The reference cannot be resolved now; ``passing`` says whether trying again may help."""

    def __init__(self, reference: str, reason: str, *, passing: bool) -> None:
        super().__init__(f"{reference}: {reason}")
        self.reference = reference
        self.reason = reason
        self.passing = passing
