"""The lines of docs/deployment.md that put a base backup in the place of the data, run on folders of the test's own."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

from controlplane.standalone.choices import PROJECT

NEWER = "000000010000000000000008"


def lines(root: Path) -> str:
    """What the page says to type, with ``root`` before each of its folders."""
    page = (PROJECT / "docs" / "deployment.md").read_text()
    (block,) = [
        one for one in re.findall(r"^```\n(.*?)^```$", page, re.MULTILINE | re.DOTALL) if "recovery.signal" in one
    ]
    return re.sub(r"/(var/lib/postgresql|backups)/", lambda folder: f"{root}{folder[0]}", block)


def files(folder: Path) -> dict[str, str]:
    """Every file below it, by its name from there."""
    return {str(file.relative_to(folder)): file.read_text() for file in folder.rglob("*") if file.is_file()}


def written(folder: Path, **content: str) -> None:
    """A cluster as far as these lines look at it."""
    (folder / "pg_wal" / "archive_status").mkdir(parents=True)
    (folder / "PG_VERSION").write_text("17\n")
    for name, text in content.items():
        (folder / name).write_text(text)


def test_the_backup_takes_the_place_of_the_data_which_are_kept(tmp_path: Path) -> None:
    data, backups = tmp_path / "var/lib/postgresql/data", tmp_path / "backups"
    written(data, backup_label="of the old data", postmaster_opts="old")
    (data / "pg_wal" / NEWER).write_text("not archived yet")
    written(backups / "2026-11-21", backup_label="of the backup")
    (backups / "2026-11-21" / "postgresql.auto.conf").write_text("work_mem = '8MB'\n")
    old = files(data)
    subprocess.run(["/bin/bash", "-e", "-c", lines(tmp_path)], check=True)
    (put_aside,) = backups.glob("put-aside-*")
    assert files(put_aside) == old
    restored = files(data)
    settings = restored.pop("postgresql.auto.conf").splitlines()
    assert restored == {
        "PG_VERSION": "17\n",
        "backup_label": "of the backup",
        f"pg_wal/{NEWER}": "not archived yet",
        "recovery.signal": "",
    }
    assert [line.partition(" = ")[0] for line in settings] == [
        "work_mem",
        "restore_command",
        "recovery_target_time",
        "recovery_target_action",
    ]
