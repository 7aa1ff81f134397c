"""Static files at addresses that name their version, and compressed: a browser asks for each of them once.

The first process of a version lays all of them out in a folder, each beside what gzip makes of it. They have one
version together, so that what a style sheet or a module asks for in turn is found beside it.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from contextlib import suppress
from functools import cache
from hashlib import blake2b
from pathlib import Path
from posixpath import join
from shutil import copyfile, rmtree
from tempfile import TemporaryDirectory
from typing import cast

from django.conf import settings
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import StaticFilesStorage
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from servestatic.compress import Compressor
from servestatic.middleware import ServeStaticMiddleware

from controlplane.foundation.logs import logger

log = logger(__name__)

#: Folders that stay: of this version, and of the one that another process may still serve.
KEPT = 2
_VERSION = re.compile(r"[0-9a-f]{12}")
_OF_A_VERSION = re.compile(rf"{_VERSION.pattern}/(?P<name>.+)")


class VersionedStorage(StaticFilesStorage):
    """Addresses with the version in them; plain ones while files are served as they are edited."""

    def url(self, name: str | None) -> str:
        """Where a page finds it."""
        return super().url(name if settings.SERVESTATIC_AUTOREFRESH else f"{version()}/{name}")


class StaticFiles(ServeStaticMiddleware):  # type: ignore[misc]  # untyped
    """Serves them: this version's for good, compressed for whoever takes that."""

    _versioned = ""

    def add_files_from_finders(self) -> None:
        """Those that are found, and once more those of the version's folder."""
        super().add_files_from_finders()
        if not self.autorefresh and (folder := laid_out(settings.STATIC_ROOT)):
            self._versioned = f"{self.static_prefix}{version()}/"
            for name in _found():
                self.add_file_to_dictionary(f"{self._versioned}{name}", str(folder / name))

    def immutable_file_test(self, _path: str, url: str) -> bool:
        """Whether a browser may keep it for good."""
        return bool(self._versioned) and url.startswith(self._versioned)

    async def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Pages of another version, as there are during an upgrade, get the files that there are, for a minute."""
        asked = request.path_info
        if asked.startswith(self.static_prefix) and asked not in self.files:
            other = _OF_A_VERSION.fullmatch(asked.removeprefix(self.static_prefix))
            found = self.files.get(f"{self.static_prefix}{other['name']}") if other else None
            if found is not None:
                return cast(HttpResponseBase, await self.aserve(found, request))
        return cast(HttpResponseBase, await super().__call__(request))


@cache
def version() -> str:
    """Of what all of them contain."""
    digest = blake2b(digest_size=6)
    for name, path in sorted(_found().items()):
        content = path.read_bytes()
        digest.update(f"{name}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()


@cache
def laid_out(root: Path) -> Path | None:
    """This version's folder below ``root``, made where it is missing; None where it cannot be."""
    folder = root / version()
    try:
        if not folder.is_dir():
            _lay_out(folder)
            _forget_older(root)
    except OSError as error:
        log.warning("static.uncompressed", folder=str(root), error=str(error))
        return None
    with suppress(OSError):
        os.utime(folder)
    return folder


def _lay_out(folder: Path) -> None:
    folder.parent.mkdir(parents=True, exist_ok=True)
    compressor = Compressor(use_brotli=False, use_zstd=False, quiet=True)
    with TemporaryDirectory(prefix="new-", dir=folder.parent) as new:
        made = Path(new) / folder.name
        for name, path in _found().items():
            target = made / name
            target.parent.mkdir(parents=True, exist_ok=True)
            copyfile(path, target)
            if compressor.should_compress(name):
                compressor.compress(target)
        try:
            made.rename(folder)
        except OSError:
            if not folder.is_dir():  # else another process was faster
                raise


def _forget_older(root: Path) -> None:
    versions = [one for one in root.iterdir() if _VERSION.fullmatch(one.name)]
    versions.sort(key=lambda one: one.stat().st_mtime, reverse=True)
    for one in versions[KEPT:]:
        rmtree(one, ignore_errors=True)


@cache
def _found() -> Mapping[str, Path]:
    """Every file by its name; of several of one name the first, as Django finds it."""
    found: dict[str, Path] = {}
    for finder in finders.get_finders():
        for name, storage in finder.list(None):
            found.setdefault(join(getattr(storage, "prefix", None) or "", name), Path(storage.path(name)))
    return found
