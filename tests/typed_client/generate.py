"""``make client``: a typed Python client of the API, generated from the document of the code as it is.

No server is asked. ``var/client`` is a project that any installer takes, with a wheel of it in ``dist``.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from openapi_python_client import generate
from openapi_python_client.config import Config, ConfigFile, MetaType

from controlplane.standalone.choices import PROJECT

PACKAGE = "interlock_client"
UV = Path(sys.executable).with_name("uv")

_PROJECT_FILE = """\
[project]
name = "interlock-client"
version = "{version}"
description = "A typed client of the API of Interlock, generated from its OpenAPI document."
readme = "README.md"
requires-python = ">=3.11"
license = "Apache-2.0"
dependencies = ["attrs>=22.2", "httpx>=0.23.1,<0.29"]

[build-system]
requires = ["uv_build>=0.9"]
build-backend = "uv_build"

[tool.uv.build-backend]
module-root = ""
"""
_READ_ME = """\
# interlock_client

A typed client of the API of Interlock, version {version} of it; how to use it is in `docs/api.md` of Interlock.
Generated: a change is made in Interlock, and `make client` there makes this anew.
"""


def main(arguments: list[str]) -> int:
    """Make it, and say where it is."""
    parser = argparse.ArgumentParser(prog="make client", description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, default=PROJECT / "var" / "client")
    folder: Path = parser.parse_args(arguments).folder
    write(folder)
    print(f"{folder} has the package {PACKAGE}; its wheel is {wheel(folder)}.")  # noqa: T201 - what was asked for
    return 0


def write(folder: Path) -> None:
    """The project of the client in ``folder``, in place of what was there; ``RuntimeError`` says what it lacks."""
    from controlplane.console.reference.document import document

    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    written = document()
    source = folder / "openapi.json"
    source.write_text(json.dumps(_in_json(written), indent=1))
    _generate(source, folder / PACKAGE)
    (folder / PACKAGE / "py.typed").touch()
    version = {"version": _version(written)}
    (folder / "pyproject.toml").write_text(_PROJECT_FILE.format(**version))
    (folder / "README.md").write_text(_READ_ME.format(**version))


def wheel(folder: Path) -> Path:
    """A wheel of what :func:`write` wrote, built without asking any index."""
    build: list[str | Path] = [UV, "build", "--quiet", "--offline", "--no-config", "--wheel"]
    subprocess.run([*build, "--out-dir", folder / "dist", folder], check=True)
    return next((folder / "dist").glob("*.whl"))


def _generate(source: Path, package: Path) -> None:
    choices = ConfigFile(
        package_name_override=PACKAGE,
        post_hooks=[],
        docstrings_on_attributes=True,
        # An estate document is handed on as it is.
        content_type_overrides={"application/yaml": "application/octet-stream"},
    )
    told = generate(config=Config.from_sources(choices, MetaType.NONE, source, "utf-8", True, package))
    if told:
        raise RuntimeError("\n".join(f"{one.header}: {one.detail}" for one in told))


def _in_json(document: Mapping[str, Any]) -> dict[str, Any]:
    """The document without bodies in YAML where the same may be sent in JSON: a program sends that."""
    found: dict[str, Any] = json.loads(json.dumps(document))
    for operations in found["paths"].values():
        for one in operations.values():
            content = one.get("requestBody", {}).get("content", {})
            if "application/json" in content:
                content.pop("application/yaml", None)
    return found


def _version(document: Mapping[str, Any]) -> str:
    return str(document["info"]["version"])


if __name__ == "__main__":
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "controlplane.settings")
    django.setup()
    sys.exit(main(sys.argv[1:]))
