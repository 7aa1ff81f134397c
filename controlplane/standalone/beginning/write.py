"""Writing ``tables.sql``: a dump without what belongs to one server, one day or one version of ``pg_dump``."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterator, Mapping
from typing import Final

#: Weekly partitions are of the day; the beginning makes its own.
_PARTITIONS: Final = "*_20[0-9][0-9]w[0-9][0-9]"
_TIMES: Final = re.compile(r"'\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d+)?\+00'")
_MARKS: Final = re.compile(r"\$\w*\$|'")
#: In the transaction that reads it, and no longer.
_HEAD: Final = """\
-- Written by `manage.py beginning`; see controlplane/standalone/beginning/__init__.py.
select pg_catalog.set_config('search_path', '', true);
set local check_function_bodies = false;
"""


def dumped(program: str, database: Mapping[str, str], password: str) -> str:
    """What ``pg_dump`` says of a database (``host``, ``port``, ``user``, ``dbname``): tables, and rows as inserts."""
    named = [f"--{name}={value}" for name, value in database.items() if value]
    kept = ["--inserts", "--no-owner", "--no-privileges", "--no-comments", f"--exclude-table={_PARTITIONS}"]
    environment = os.environ | {"PGTZ": "UTC", "PGPASSWORD": password}
    done = subprocess.run([program, *named, *kept], check=True, capture_output=True, text=True, env=environment)
    return done.stdout


def cleaned(dump: str) -> str:
    """The statements alone; whatever was made at a moment is made when it is read."""
    return _HEAD + "".join(f"{line}\n" for line in _statements(dump))


def _statements(dump: str) -> Iterator[str]:
    inside = ""
    for line in dump.splitlines():
        if not inside and (not line.strip() or line.startswith(("--", "\\", "SET ", "SELECT pg_catalog.set_config"))):
            continue
        inside = _still_inside(line, inside)
        yield _TIMES.sub("now()", line) if line.startswith("INSERT ") else line


def _still_inside(line: str, inside: str) -> str:
    """The quote that is open at the end of a line; a blank line in the body of a function belongs to it."""
    for found in _MARKS.finditer(line):
        mark = found.group()
        if not inside:
            inside = mark
        elif mark == inside:
            inside = ""
    return inside
