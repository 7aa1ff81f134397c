"""What the images are made of: little, nothing secret, and nobody is root in them."""

from __future__ import annotations

import fnmatch
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from controlplane.standalone.choices import PROJECT
from tests.deployment.dockerfiles import Stage, stages

DOCKER = PROJECT / "docker"
IMAGES = {"interlock": DOCKER / "Dockerfile", "pgbouncer": DOCKER / "pgbouncer" / "Dockerfile"}
CONTEXTS = {"interlock": PROJECT, "pgbouncer": DOCKER / "pgbouncer"}
EVERY = pytest.mark.parametrize("name", IMAGES)
PINNED = re.compile(r"[a-z0-9./-]+:[a-z0-9.-]*[0-9a-z]")
SECRETIVE = re.compile(r"(password|secret|token|key)\s*=\s*\S", re.IGNORECASE)


def last(name: str) -> Stage:
    return stages(IMAGES[name])[-1]


@EVERY
def test_every_base_image_is_pinned_to_a_version(name: str) -> None:
    images = [stage.image for stage in stages(IMAGES[name])]
    assert [image for image in images if not PINNED.fullmatch(image) or image.endswith(":latest")] == []


@EVERY
def test_nobody_is_root_when_it_runs(name: str) -> None:
    (user,) = last(name).all("USER")
    assert user.rest == "10001:10001"
    words = [one.word for one in last(name).instructions]
    assert words.index("USER") < words.index("CMD")
    assert "RUN" not in words[words.index("USER") :]


@EVERY
def test_it_says_how_its_health_is_asked_and_what_it_runs(name: str) -> None:
    (health,) = last(name).all("HEALTHCHECK")
    assert {"interval", "timeout"} <= set(health.flags)
    for instruction in (health.rest.removeprefix("CMD "), *(one.rest for one in last(name).all("CMD"))):
        assert isinstance(json.loads(instruction), list), "a shell would swallow the signals"


@EVERY
def test_what_is_copied_exists(name: str) -> None:
    built = {stage.name for stage in stages(IMAGES[name]) if stage.name}
    for stage in stages(IMAGES[name]):
        for copy in stage.all("COPY"):
            if "from" in copy.flags:
                assert copy.flags["from"] in built
                continue
            *sources, _ = copy.rest.split()
            assert [source for source in sources if not (CONTEXTS[name] / source).exists()] == []


@EVERY
def test_nothing_secret_is_written_into_it(name: str) -> None:
    assert SECRETIVE.search(IMAGES[name].read_text().split("\n", 1)[1]) is None
    assert [one.rest for stage in stages(IMAGES[name]) for one in stage.all("ARG")] == []


def test_what_volumes_are_mounted_over_belongs_to_nobody_else() -> None:
    """An empty volume takes owner and mode of the folder that it is mounted over."""
    made = re.search(
        r"install --directory --owner=10001 --group=10001 --mode=0700([^&]*)&&", IMAGES["interlock"].read_text()
    )
    assert made is not None
    service = yaml.safe_load((DOCKER / "compose.yaml").read_text())["services"]
    volumes = [mount for name in ("prepare", "ingress", "web", "worker") for mount in service[name]["volumes"]]
    places = {re.sub(r"^\$\{[^}]*\}", "", mount).split(":")[1] for mount in volumes}
    assert places == set(made[1].replace("\\", "").split()) - {"/var/lib/interlock"}


def test_tools_for_building_stay_behind() -> None:
    build, final = stages(IMAGES["interlock"])
    assert build.name == "build"
    assert [one.flags.get("from") for one in final.all("COPY")].count("build") == 1
    runs = " ".join(one.rest for one in final.all("RUN"))
    assert "pip install" not in runs
    assert "apt-get" not in runs
    assert "rm -rf /usr/local/lib/python3.11/site-packages/pip*" in runs
    assert not any(word in runs for word in ("gcc", "build-essential", "uv "))


def test_packages_are_installed_by_their_hashes() -> None:
    runs = " ".join(one.rest for one in stages(IMAGES["interlock"])[0].all("RUN"))
    assert runs.count("--require-hashes") == runs.count(" -r ") == 2


def test_pythons_version_is_one_that_the_project_runs_on() -> None:
    assert {stage.image for stage in stages(IMAGES["interlock"])} == {"python:3.11-slim-bookworm"}
    assert 'requires-python = ">=3.11"' in (PROJECT / "pyproject.toml").read_text()


def sent(path: str) -> bool:
    """Whether a file goes to the builder, by ``.dockerignore``: the last line that fits decides."""
    verdict = True
    for line in (PROJECT / ".dockerignore").read_text().splitlines():
        pattern = line.removeprefix("!")
        if not line or line.startswith("#"):
            continue
        prefixes = [path, *map(str, Path(path).parents)]
        if any(fnmatch.fnmatch(one, pattern) or fnmatch.fnmatch(f"x/{one}", pattern) for one in prefixes if one != "."):
            verdict = line.startswith("!")
    return verdict


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("controlplane/settings.py", True),
        ("templates/base.html", True),
        ("docker/health.py", True),
        ("requirements.lock", True),
        ("var/secret-key", False),
        ("docker/.env", False),
        (".git/config", False),
        (".venv/bin/python", False),
        ("tests/conftest.py", False),
        ("controlplane/__pycache__/settings.cpython-311.pyc", False),
    ],
)
def test_only_what_the_image_is_made_of_is_sent_to_the_builder(path: str, *, expected: bool) -> None:
    assert sent(path) is expected


def test_everything_that_is_copied_is_sent_to_the_builder() -> None:
    copied = [
        source
        for stage in stages(IMAGES["interlock"])
        for one in stage.all("COPY")
        if "from" not in one.flags
        for source in one.rest.split()[:-1]
    ]
    assert [source for source in copied if not sent(source)] == []


def test_a_worker_is_healthy_once_it_has_begun_to_carry(tmp_path: Path) -> None:
    ready = tmp_path / "ready"
    command = [sys.executable, str(DOCKER / "health.py"), "worker"]
    environment = {"INTERLOCK_READY_FILE": str(ready)}
    assert subprocess.run(command, env=environment, check=False).returncode == 1
    ready.touch()
    assert subprocess.run(command, env=environment, check=False).returncode == 0
