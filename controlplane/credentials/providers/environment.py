"""``env://NAME``: a variable of the process, as containers give them."""

from __future__ import annotations

import os

from connectors.messages import Secret
from controlplane.credentials.providers.errors import SecretUnavailable
from controlplane.credentials.references import Reference


def read(reference: Reference) -> Secret:
    """The variable's value without line ends at its end, which no header could carry; an empty one is as missing."""
    value = os.environ.get(reference.path, "").rstrip("\r\n")
    if not value:
        raise SecretUnavailable(str(reference), "the environment variable is not set", passing=False)
    return Secret(value)
