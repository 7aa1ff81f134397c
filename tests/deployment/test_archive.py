"""The command that archives PostgreSQL's log: alike wherever it is written, and right about what is there already."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
import yaml

from controlplane.standalone.choices import PROJECT
from controlplane.standalone.rehearsal import ArchivingPostgres

SEGMENT = "000000010000000000000007"


def in_compose() -> str:
    """The command as compose.yaml gives it to PostgreSQL."""
    words = yaml.safe_load((PROJECT / "docker" / "compose.yaml").read_text())["services"]["postgres"]["command"]
    (command,) = [word.partition("=")[2] for word in words if word.startswith("archive_command=")]
    return str(command)


def elsewhere() -> list[str]:
    """The command as the documentation and the rehearsal have it."""
    texts = ((PROJECT / "docs" / "deployment.md").read_text(), ArchivingPostgres.more.format(archive="/archive"))
    return [command for text in texts for command in re.findall(r"^archive_command = '(.*)'$", text, re.MULTILINE)]


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """An empty archive; the segment that is handed over lies beside it."""
    (tmp_path / SEGMENT).write_bytes(b"log")
    (folder := tmp_path / "archive").mkdir()
    return folder


def hand_over(archive: Path) -> bool:
    """Hand the segment over as PostgreSQL does; whether that was called a success."""
    command = in_compose().replace("%p", SEGMENT).replace("%f", SEGMENT).replace("/archive", str(archive))
    return subprocess.run(["/bin/sh", "-c", command], cwd=archive.parent, check=False).returncode == 0


def test_it_is_alike_wherever_it_is_written() -> None:
    assert [command.replace('"', "") for command in elsewhere()] == [in_compose()] * 2


@pytest.mark.parametrize("left", [None, b"l"], ids=["nothing", "half a copy"])
def test_a_segment_arrives_whole(archive: Path, left: bytes | None) -> None:
    if left is not None:
        (archive / f"{SEGMENT}.part").write_bytes(left)
    assert hand_over(archive)
    assert {file.name: file.read_bytes() for file in archive.iterdir()} == {SEGMENT: b"log"}


def test_a_segment_that_arrived_before_a_crash_is_handed_over_again(archive: Path) -> None:
    (archive / SEGMENT).write_bytes(b"log")
    assert hand_over(archive)


def test_another_segment_of_that_name_is_refused_and_kept(archive: Path) -> None:
    (archive / SEGMENT).write_bytes(b"not")
    assert not hand_over(archive)
    assert (archive / SEGMENT).read_bytes() == b"not"
