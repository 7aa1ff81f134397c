"""In which environments entries of a section stand, for many of them: read with one question a table."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from controlplane.console.entries.sorts import Sort
from controlplane.console.estate.apply import MODELS
from controlplane.console.estate.narrowing import OWNERS, REFERENCES
from controlplane.inventory.environments import PRODUCTION

#: Sections whose entries say themselves in which one they are.
_SAY: Final = frozenset({"integrations", "instances"})
#: Where a row of a section has its environment.
_PATHS: Final[Mapping[str, str]] = {
    "integrations": "environment__slug",
    "instances": "environment__slug",
    "interfaces": "instance__environment__slug",
    "endpoints": "integration__environment__slug",
    "flows": "integration__environment__slug",
    "mappings": "integration__environment__slug",
    "destinations": "instance__environment__slug",
    "credentials": "instance__environment__slug",
}


class Environments:
    """Those of one section, while a document is judged; what the document makes is heard of as it is gone through."""

    def __init__(self, sort: Sort) -> None:
        self._section = sort.section
        self._known: dict[str, dict[str, str]] = {}
        self._heard: dict[str, dict[str, str]] = {}
        # Before the document writes: a row that it takes elsewhere is governed where it stood.
        self._stood = dict(self._rows(self._section)) if self._section in _PATHS else {}

    def hear(self, section: str, slug: str, said: Mapping[str, Any]) -> None:
        """An entry of the document on which others may stand; it comes before them."""
        if section in _SAY:
            self._heard.setdefault(section, {})[slug] = str(said.get("environment") or PRODUCTION)
        elif section == "interfaces":
            self._heard.setdefault(section, {})[slug] = self._of("instances", str(said.get("instance")))

    def of(self, slug: str, said: Mapping[str, Any]) -> set[str]:
        """Where it stands now, and where the document would have it."""
        now = self._stood.get(slug, "")
        if self._section in _SAY:
            return {now, str(said.get("environment") or PRODUCTION)}
        owner = OWNERS[self._section]
        return {now, self._of(REFERENCES[owner], str(said.get(owner)))}

    def _of(self, section: str, slug: str) -> str:
        return self._heard.get(section, {}).get(slug) or self._rows(section).get(slug, "")

    def _rows(self, section: str) -> Mapping[str, str]:
        if section not in self._known:
            rows = MODELS[section]._default_manager.values_list("slug", _PATHS[section])
            self._known[section] = dict(rows)
        return self._known[section]
