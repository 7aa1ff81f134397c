"""The house keeps its shape: files and functions of a size to read, names that say something, keys that point down."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from django.apps import apps

from tests.house.source import PROJECT, name_of, parsed, python_files

#: Floors from the roof down; a foreign key points to the same floor or a lower one.
FLOORS = (
    ("console", "standalone"),
    ("sync",),
    ("transactions",),
    ("contracts", "credentials"),
    ("inventory",),
    ("governance",),
    ("people",),
    ("audit",),
    ("foundation",),
)
HEIGHT = {label: height for height, floor in enumerate(reversed(FLOORS)) for label in floor}
EMPTY_WORDS = {"utils", "helpers", "manager", "managers", "data", "info", "common", "misc", "base"}
LONGEST_FILE = 400
LONGEST_FUNCTION = 60


def test_every_app_has_a_floor() -> None:
    ours = {config.label for config in apps.get_app_configs() if config.name.startswith("controlplane.")}
    assert ours == set(HEIGHT)


def test_foreign_keys_point_down() -> None:
    upward = [
        f"{model._meta.label}.{field.name} → {field.related_model._meta.label}"
        for model in apps.get_models()
        if model._meta.app_label in HEIGHT
        for field in model._meta.get_fields()
        if getattr(field, "concrete", False) and field.is_relation and field.related_model is not None
        if HEIGHT.get(field.related_model._meta.app_label, -1) > HEIGHT[model._meta.app_label]
    ]
    assert upward == []


def test_no_generic_foreign_keys_and_no_signals_of_models() -> None:
    offenders = [
        name_of(path)
        for path in python_files("controlplane")
        if any(word in path.read_text() for word in ("GenericForeignKey(", "post_save.connect", "pre_save.connect"))
    ]
    assert offenders == []


@pytest.mark.parametrize("path", list(python_files("controlplane", "connectors", "tests")), ids=name_of)
def test_files_can_be_read_in_one_sitting(path: Path) -> None:
    assert path.read_text().count("\n") <= LONGEST_FILE
    assert path.stem not in EMPTY_WORDS
    assert ast.get_docstring(parsed(path)) or not path.read_text().strip()


def test_functions_can_be_read_at_a_glance() -> None:
    long = [
        f"{name_of(path)}:{node.lineno} {node.name}"
        for path in python_files("controlplane", "connectors", "tests")
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        if (node.end_lineno or 0) - node.lineno + 1 > LONGEST_FUNCTION
    ]
    assert long == []


def test_nothing_is_left_undone() -> None:
    marks = ("TO" + "DO", "FIX" + "ME", "XX" + "X")
    offenders = [
        f"{name_of(path)}:{number}"
        for path in python_files("controlplane", "connectors", "tests")
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if any(f" {mark}" in line or f"#{mark}" in line for mark in marks)
    ]
    assert offenders == []


def test_templates_hold_no_script_of_their_own() -> None:
    offenders = [
        str(path.relative_to(PROJECT))
        for path in (PROJECT / "templates").rglob("*.html")
        for line in path.read_text().splitlines()
        if ("<script" in line and "src=" not in line) or " onclick=" in line or "javascript:" in line
    ]
    assert offenders == []
