"""Looking at the processes of one test: those that carry its mark or work in its folder."""

from __future__ import annotations

from pathlib import Path

MARK = "INTERLOCK_TEST_MARK"


def marked(mark: str, folder: Path) -> dict[int, str]:
    """Every living process that belongs to one installation: pid and command line.

    It has ``INTERLOCK_TEST_MARK=mark`` in its environment, or works in ``folder`` or below: PostgreSQL and
    Valkey write their titles over their environment.
    """
    wanted = f"{MARK}={mark}".encode()
    found = {}
    for process in Path("/proc").glob("[0-9]*"):
        try:
            has_mark = wanted in (process / "environ").read_bytes().split(b"\0")
            if has_mark or (process / "cwd").readlink().is_relative_to(folder):
                found[int(process.name)] = (process / "cmdline").read_bytes().replace(b"\0", b" ").decode()
        except OSError:  # gone meanwhile, or somebody else's
            continue
    return found


def resident_bytes(pids: list[int]) -> int:
    """What these processes occupy together; a page that several share counts once (PSS)."""
    total = 0
    for pid in pids:
        try:
            rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
        except OSError:
            continue
        total += sum(int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Pss:"))
    return total * 1024
