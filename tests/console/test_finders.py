"""Fonts come from installed packages, and nothing else of those packages does."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.contrib.staticfiles import finders

from controlplane.console.finders import VENDORED, InstalledPackagesFinder


@pytest.mark.parametrize("name", sorted(VENDORED))
def test_a_listed_file_is_found_and_is_a_font(name: str) -> None:
    found = finders.find(name)
    assert found
    assert Path(found).read_bytes()[:4] == b"\0\1\0\0", "TrueType begins so"


@pytest.mark.parametrize(
    "name",
    ["vendor/other.ttf", "vendor/../vendor/inter.ttf", "fontpkg_inter/metadata.json", "vendor/", "", "metadata.json"],
)
def test_other_names_are_found_nowhere(name: str) -> None:
    finder = InstalledPackagesFinder()
    assert finder.find(name) is None
    assert finder.find(name, find_all=True) == []
    for storage in finder.storages.values():
        assert not storage.exists(name)


def test_every_listed_file_can_be_collected() -> None:
    listed = dict(InstalledPackagesFinder().list(None))
    assert set(listed) == set(VENDORED)
    assert all(storage.exists(name) for name, storage in listed.items())
