"""Third-party files for the browser stay in their packages: ``vendor/<name>`` maps into installed wheels.

Only what is listed is served. (htmx needs no entry: django-htmx is an installed app with a static
folder, which Django's own finder serves.)
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from importlib.util import find_spec
from pathlib import Path
from types import MappingProxyType
from typing import Any

from django.contrib.staticfiles.finders import BaseFinder
from django.core.files.storage import FileSystemStorage

#: Static name → (package, file inside it).
VENDORED = MappingProxyType(
    {
        "vendor/inter.ttf": ("fontpkg_inter", "files/Inter[opsz,wght].ttf"),
        "vendor/jetbrains-mono.ttf": ("fontpkg_jetbrains_mono", "files/JetBrainsMono[wght].ttf"),
    }
)


class PackageStorage(FileSystemStorage):
    """Reads the listed files of one package under their static names."""

    def __init__(self, folder: Path, files: dict[str, str]) -> None:
        super().__init__(location=folder)
        self.files = files

    def path(self, name: str) -> str:
        """The file that stands behind a static name; unlisted names exist nowhere."""
        return super().path(self.files.get(name, "unlisted"))


class InstalledPackagesFinder(BaseFinder):
    """Finds ``vendor/…`` in the installed packages that :data:`VENDORED` names."""

    def __init__(self, *_app_names: Any) -> None:
        packages = sorted({package for package, _file in VENDORED.values()})
        self.storages = {package: _storage(package) for package in packages}

    def check(self, **_kwargs: Any) -> list[Any]:
        """Nothing that can be configured wrongly."""
        return []

    def find(self, path: str, find_all: bool = False, **_kwargs: Any) -> Any:
        """The path of a listed file; nothing for any other name."""
        if path not in VENDORED:
            return [] if find_all else None
        found = self.storages[VENDORED[path][0]].path(path)
        return [found] if find_all else found

    def list(self, _ignore_patterns: Iterable[str] | None) -> Iterator[tuple[str, PackageStorage]]:
        """Every listed file with its storage."""
        for name, (package, _file) in VENDORED.items():
            yield name, self.storages[package]


def _storage(package: str) -> PackageStorage:
    spec = find_spec(package)
    if spec is None or spec.origin is None:
        message = f"The package {package} is not installed; pip install -r requirements.lock brings it."
        raise ModuleNotFoundError(message)
    files = {name: file for name, (owner, file) in VENDORED.items() if owner == package}
    return PackageStorage(Path(spec.origin).parent, files)
