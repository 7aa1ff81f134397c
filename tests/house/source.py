"""Reading the project's own source, for tests about its structure."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]


def python_files(*folders: str) -> Iterator[Path]:
    """Our own Python files below these folders, without migrations."""
    for folder in folders:
        for path in sorted((PROJECT / folder).rglob("*.py")):
            if "migrations" not in path.parts and "__pycache__" not in path.parts:
                yield path


@lru_cache
def parsed(path: Path) -> ast.Module:
    """A file's syntax tree."""
    return ast.parse(path.read_text(), str(path))


def name_of(path: Path) -> str:
    """A file's path inside the project."""
    return str(path.relative_to(PROJECT))


def table_rows(document: str) -> set[str]:
    """What stands in backquotes in the first column of a document's tables."""
    lines = (PROJECT / document).read_text().splitlines()
    return {line.split("`")[1] for line in lines if line.startswith("| `")}
