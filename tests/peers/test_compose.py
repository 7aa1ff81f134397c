"""The compose files are what the Compose Specification says, by its own schema."""

from __future__ import annotations

import subprocess

import pytest

from controlplane.standalone.choices import PROJECT
from tests.peers.installing import installed

pytestmark = pytest.mark.peers


@pytest.mark.parametrize("name", ["compose.yaml", "compose.rabbitmq.yaml"])
def test_the_specifications_schema_takes_it(name: str) -> None:
    program = str(installed("compose") / "check-jsonschema")
    command = [program, "--builtin-schema", "vendor.compose-spec", str(PROJECT / "docker" / name)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - a program of the rig
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_schema_refuses_what_is_none(tmp_path_factory: pytest.TempPathFactory) -> None:
    wrong = tmp_path_factory.mktemp("compose") / "compose.yaml"
    wrong.write_text("services: {web: {imago: nginx}}\n")
    program = str(installed("compose") / "check-jsonschema")
    command = [program, "--builtin-schema", "vendor.compose-spec", str(wrong)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - a program of the rig
    assert done.returncode == 1
