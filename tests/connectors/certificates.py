"""A certificate that vouches for itself."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import NamedTuple


class Certificate(NamedTuple):
    """Where it and its key are, and what it says."""

    file: str
    key: str
    text: str


def certified(folder: Path) -> Certificate:
    """One for 127.0.0.1, and its own authority."""
    made, key = folder / "cert.pem", folder / "key.pem"
    words = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    words += ["-days", "2", "-subj", "/CN=broker", "-addext", "subjectAltName=IP:127.0.0.1"]
    subprocess.run([*words, "-out", str(made), "-keyout", str(key)], check=True, capture_output=True)  # noqa: S603
    return Certificate(str(made), str(key), made.read_text())
