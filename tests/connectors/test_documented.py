"""What exists is in ``docs/connectors.md``, in the words of the code."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from connectors import __version__
from connectors.interface import Connector, connector_class, kinds
from connectors.messages import OperationSpec
from connectors.signatures import SCHEMES, Reason

HOUR, MINUTE = 3600, 60
NOTHING = "\N{EN DASH}"
DOCUMENT = (Path(__file__).parents[2] / "docs" / "connectors.md").read_text()


def effect(spec: OperationSpec) -> str:
    """What repeating it does: "keyed, 24 h"."""
    if not spec.key_lifetime:
        return str(spec.effect)
    if spec.key_lifetime < HOUR:
        return f"{spec.effect}, {spec.key_lifetime / MINUTE:g} min"
    return f"{spec.effect}, {spec.key_lifetime / HOUR:g} h"


def row(connector: type[Connector]) -> str:
    """The connector's row of the table, from its class."""
    operations = ", ".join(f"`{spec.name}` ({effect(spec)})" for spec in connector.operations)
    streams = ", ".join(f"`{spec.name}`" for spec in connector.streams)
    cells = (connector.title, operations or NOTHING, streams or NOTHING, connector.proven_against or "not yet")
    return f"| `{connector.kind}` | {' | '.join(cells)} |"


@pytest.mark.parametrize("kind", kinds())
def test_every_connector_has_its_row(kind: str) -> None:
    assert row(connector_class(kind)) in DOCUMENT.splitlines()


@pytest.mark.parametrize("name", SCHEMES)
def test_every_signature_scheme_and_each_of_its_settings_is_named(name: str) -> None:
    lines = DOCUMENT.partition("## Signatures of incoming webhooks")[2].splitlines()
    (line,) = [line for line in lines if line.startswith(f"| `{name}` |")]
    last_cell = line.strip("| ").split(" | ")[-1]
    assert sorted(last_cell.split("`")[1::2]) == sorted(SCHEMES[name].settings)


@pytest.mark.parametrize("reason", Reason)
def test_every_reason_for_disbelief_is_named(reason: Reason) -> None:
    assert f"`{reason.value}`" in DOCUMENT


def test_the_version_is_the_projects() -> None:
    project = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text())["project"]
    assert __version__ == project["version"]
