"""Keeping a secret that was made here: as a file in the secrets folder, known everywhere else by its reference."""

from __future__ import annotations

import os
from pathlib import Path

from django.conf import settings

from connectors.messages import Secret
from controlplane.credentials.references import Reference, parse
from controlplane.foundation.errors import Conflict, Unavailable


def keep(name: str, secret: Secret) -> Reference:
    """The reference ``file://name``, behind which the secret now is, for its owner's eyes only.

    What is kept is never written over: :class:`Conflict`. :class:`Unavailable` where the folder cannot be written, as
    where it is mounted from elsewhere.
    """
    reference = parse(f"file://{name}")
    folder = Path(settings.SECRETS_FOLDER)
    file = folder / reference.path
    if file.exists():
        raise Conflict(f"There is a secret {name!r} already; it was left as it is.")
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        # Exclusively, because another may have come between.
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as opened:
            opened.write(secret.reveal())
    except OSError as error:
        raise Unavailable(
            f"The secrets folder {folder} cannot be written here ({error.strerror}), so no key was made. "
            "Where secrets come from elsewhere, put the keys there and name them in an estate document: docs/estate.md."
        ) from None
    return reference


def discard(reference: Reference) -> None:
    """Remove a kept secret that nothing refers to any more; harmless when it is gone."""
    if reference.scheme == "file":
        (Path(settings.SECRETS_FOLDER) / reference.path).unlink(missing_ok=True)
