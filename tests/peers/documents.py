"""Real OpenAPI documents, out of the npm packages in which their makers publish them. None is kept in this repository.

Fetched by npm into ``var/peers/documents`` and checked against the digests here; an installation without npm has none.
"""

from __future__ import annotations

import base64
import hashlib
import shutil
import tarfile
from dataclasses import dataclass
from pathlib import Path

from tests.peers.installing import PeerUnavailableError, only_one, run


@dataclass(frozen=True, slots=True)
class Published:
    """A document in a package of a version."""

    package: str
    version: str
    sha512: str
    path: str

    @property
    def name(self) -> str:
        """A file's name for it."""
        return f"{self.package.strip('@').replace('/', '-')}-{self.version}{Path(self.path).suffix}"


GITHUB = Published(
    "@octokit/openapi",
    "23.0.2",
    "pV8M7L9GY23AybNvTmo2nyjmpmnt6+2sRE/tqr0ZLQcPS4lnw7u5eZGNmwRNkBC3D7gZXbFx5AHzLUVRBXGDhg==",
    "package/generated/api.github.com.json",
)
DIRECTUS = Published(
    "@directus/specs",
    "15.2.0",
    "JauzDjbFbeoZ9AceWh/pbG/U2R2/5V8jP7Ldp/bpSPbsDu392uXEUQGTfWkowLqgRXtjmGHP5vIZoUJpjqaFPw==",
    "package/dist/openapi.json",
)
BLOCKFROST = Published(
    "@blockfrost/openapi",
    "0.1.93",
    "gC0NOZk+9MSa5aK846gbcU12VqbZwzVpZmgO6314e9ExJo9g3QsMmniplewOhI5fJQVHR0A7lgCVqk/pbK1iKA==",
    "package/openapi.yaml",
)
ALL = (GITHUB, DIRECTUS, BLOCKFROST)


def fetched(wanted: Published) -> Path:
    """The document in a file, fetched now if it is not here yet."""
    with only_one("documents") as folder:
        file = folder / wanted.name
        if not file.exists():
            file.write_bytes(_unpacked(folder, wanted))
        return file


def _unpacked(folder: Path, wanted: Published) -> bytes:
    npm = shutil.which("npm")
    if npm is None:
        raise PeerUnavailableError(f"{wanted.package} is fetched with npm, and there is none")
    packed = folder / "packed"
    shutil.rmtree(packed, ignore_errors=True)
    packed.mkdir()
    run([npm, "pack", "--silent", "--pack-destination", str(packed), f"{wanted.package}@{wanted.version}"])
    (archive,) = packed.glob("*.tgz")
    found = base64.b64encode(hashlib.sha512(archive.read_bytes()).digest()).decode()
    if found != wanted.sha512:
        raise PeerUnavailableError(f"{wanted.package} {wanted.version} is another than was pinned: sha512-{found}")
    with tarfile.open(archive) as tar:
        member = tar.extractfile(wanted.path)
        assert member is not None
        content = member.read()
    shutil.rmtree(packed)
    return content
