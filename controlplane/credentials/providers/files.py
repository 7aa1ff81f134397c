"""``file://name``: a file in the secrets folder, as Kubernetes and Docker mount them."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings

from connectors.messages import Secret
from controlplane.credentials.providers.errors import SecretUnavailable
from controlplane.credentials.references import Reference

LARGEST = 64 * 1024


def read(reference: Reference) -> Secret:
    """The file's text without its last line end; links out of the folder are refused."""
    path = _inside(reference)
    try:
        secret = _text(path)
    except FileNotFoundError:
        raise SecretUnavailable(str(reference), "there is no such file in the secrets folder", passing=False) from None
    except OSError as error:
        raise SecretUnavailable(str(reference), f"cannot be read: {type(error).__name__}", passing=True) from None
    if secret is None:
        reason = f"it is no file with text in UTF-8, of 1 to {LARGEST} bytes"
        raise SecretUnavailable(str(reference), reason, passing=False)
    return secret


def _inside(reference: Reference) -> Path:
    """Where it is. Kubernetes links names to its newest folder, which is inside."""
    folder = Path(settings.SECRETS_FOLDER).resolve()
    try:
        path = (folder / reference.path).resolve()
    except (OSError, RuntimeError):  # links in a circle
        path = None
    if path is None or not path.is_relative_to(folder):
        raise SecretUnavailable(str(reference), "it does not point to a file in the secrets folder", passing=False)
    return path


def _text(path: Path) -> Secret | None:
    """What is in it; ``None`` for folders, pipes (reading one waits for ever) and what cannot be a secret."""
    if path.stat().st_size > LARGEST or not path.is_file():
        return None
    try:
        value = path.read_bytes().decode("utf-8-sig").rstrip("\r\n")
    except UnicodeDecodeError:
        return None
    return Secret(value) if value else None
