"""What can be set, logged, counted or connected is written down; what is written down exists."""

from __future__ import annotations

import ast
import importlib
import re

from prometheus_client import REGISTRY

from connectors.interface import connector_class, kinds
from controlplane.configuration import DECLARED
from controlplane.console.health import QueueCollector
from controlplane.standalone import choices
from tests.house.source import PROJECT, parsed, python_files, table_rows

LOGGING = {"debug", "info", "warning", "error", "exception", "critical"}
EVENT = re.compile(r"[a-z]+(\.[a-z_]+)+")


def test_every_setting_is_documented_and_every_documented_setting_exists() -> None:
    importlib.import_module("controlplane.settings")
    choices.web_port()
    choices.sandbox_wanted()
    assert table_rows("docs/settings.md") == set(DECLARED)


def test_every_log_event_is_documented_and_every_documented_one_is_logged() -> None:
    logged = {
        node.args[0].value
        for path in python_files("controlplane", "connectors")
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in LOGGING
        if node.args and isinstance(node.args[0], ast.Constant) and isinstance(node.args[0].value, str)
        if EVENT.fullmatch(node.args[0].value)
    }
    assert table_rows("docs/log-events.md") == logged


def test_every_metric_is_documented() -> None:
    importlib.import_module("controlplane.foundation.metrics")
    ours = {metric.name for metric in REGISTRY.collect() if metric.name.startswith("interlock_")}
    asked = {"interlock_waiting", "interlock_waiting_seconds", "interlock_partition_weeks_ahead"}
    assert QueueCollector is not None
    assert table_rows("docs/metrics.md") == ours | asked


def test_every_connector_is_documented_with_what_it_was_proved_against() -> None:
    text = (PROJECT / "docs/connectors.md").read_text()
    for kind in kinds():
        if not (PROJECT / "connectors" / kind / "connector.py").exists():
            continue
        connector = connector_class(kind)
        assert f"`{kind}`" in text, kind
        assert (connector.proven_against or "not proven") in text, kind
        assert (PROJECT / "connectors" / kind / "README.md").exists(), kind


def test_every_decision_has_its_number_once_and_a_title() -> None:
    records = sorted((PROJECT / "controlplane/decisions").glob("[0-9]*.md"))
    numbers = [int(path.name[:4]) for path in records]
    assert numbers == list(range(1, len(records) + 1))
    for path, number in zip(records, numbers, strict=True):
        assert path.read_text().startswith(f"# {number}. "), path.name
