"""The rules of a folder: one a file, found by their files, so that none is written and forgotten."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from importlib import import_module
from pkgutil import iter_modules

from controlplane.contracts.rules.rule import Rule


def rules_in(package: str, path: Iterable[str]) -> Mapping[str, Rule]:
    """By id, in the order of their files. Files whose names begin with an underscore help them."""
    names = sorted(one.name for one in iter_modules(path) if not one.name.startswith("_"))
    rules: list[Rule] = [import_module(f"{package}.{name}").RULE for name in names]
    return {rule.id: rule for rule in rules}
