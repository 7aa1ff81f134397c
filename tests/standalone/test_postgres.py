"""The embedded PostgreSQL: made once, kept between starts, for root and for everybody else."""

from __future__ import annotations

import os
import shutil
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from controlplane.standalone.choices import PROJECT
from controlplane.standalone.embedded import EmbeddedError
from controlplane.standalone.identity import Identity, namespaces_allowed, tethered
from controlplane.standalone.postgres import EmbeddedPostgres
from tests.standalone.waiting import until

ROOT = os.geteuid() == 0
IDENTITIES = [Identity.NAMESPACE, Identity.NOBODY] if ROOT and namespaces_allowed() else [None]

AS_ORDINARY_USER = """
import os, sys
from pathlib import Path
import psycopg
from controlplane.standalone.postgres import EmbeddedPostgres
for value in (1, 2):
    postgres = EmbeddedPostgres(Path(sys.argv[1]) / "var", durable=False)
    with postgres, psycopg.connect(postgres.url) as session:
        session.execute("create table if not exists kept (value int)")
        session.execute("insert into kept values (%s)", [value])
        rows = session.execute("select count(*) from kept").fetchone()[0]
        print(os.geteuid() != 0, postgres.identity, rows)
"""


def test_it_speaks_utf8_sorts_by_bytes_and_is_reached_by_its_socket_only(var: Path) -> None:
    with EmbeddedPostgres(var, durable=False) as postgres, psycopg.connect(postgres.url) as session:
        asked = "select current_user, current_database(), datcollate, datlocprovider, datlocale, encoding"
        row = session.execute(f"{asked} from pg_database where datname = current_database()").fetchone()
        assert row == ("interlock", "interlock", "C", "b", "C.UTF-8", 6)
        assert session.execute("select upper('é'), inet_server_addr()").fetchone() == ("É", None)
        assert session.execute("show listen_addresses").fetchone() == ("",)
        assert session.execute("show autovacuum_naptime").fetchone() == ("1s",)
        assert session.execute("show wal_compression").fetchone() == ("pglz",)


def test_below_a_long_path_its_socket_is_nearer(tmp_path: Path) -> None:
    with EmbeddedPostgres(tmp_path / ("v" * 120), durable=False) as postgres, psycopg.connect(postgres.url) as session:
        assert session.execute("select 1").fetchone() == (1,)
        assert postgres.places.sockets.parent == Path("/tmp")  # noqa: S108
    shutil.rmtree(postgres.places.sockets)


def test_only_its_owner_reaches_the_socket(var: Path) -> None:
    with EmbeddedPostgres(var, durable=False) as postgres:
        folder = postgres.places.postgres_sockets
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        assert (folder / ".s.PGSQL.5432").is_socket()


@pytest.mark.parametrize("identity", IDENTITIES)
def test_data_is_kept_between_starts(var: Path, identity: Identity | None) -> None:
    for rows in (1, 2):
        with EmbeddedPostgres(var, identity=identity) as postgres, psycopg.connect(postgres.url) as session:
            session.execute("create table if not exists kept (value int)")
            session.execute("insert into kept values (1)")
            assert session.execute("select count(*) from kept").fetchone() == (rows,)


@pytest.mark.skipif(len(IDENTITIES) < 2, reason="only root with user namespaces has two ways to run PostgreSQL")
def test_root_may_change_the_way_it_runs_postgres(var: Path) -> None:
    for number, identity in enumerate([Identity.NAMESPACE, Identity.NOBODY, Identity.NAMESPACE]):
        with (
            EmbeddedPostgres(var, identity=identity, durable=False) as postgres,
            psycopg.connect(postgres.url) as session,
        ):
            session.execute("create table if not exists kept (value int)")
            assert session.execute("select count(*) from kept").fetchone() == (number,)
            session.execute("insert into kept values (1)")


def ordinary_user() -> tuple[str, Identity]:
    """A Python and an identity that is not root: the user nobody when it reaches a Python, else a namespace."""
    if not ROOT:
        return sys.executable, Identity.OWN
    for python in (sys.executable, f"/usr/bin/python3.{sys.version_info.minor}"):
        tried = subprocess.run(tethered([python, "-c", ""], identity=Identity.NOBODY), capture_output=True, check=False)
        if tried.returncode == 0:
            return python, Identity.NOBODY
    return sys.executable, Identity.NAMESPACE


def test_an_ordinary_user_needs_nothing_more(var: Path) -> None:
    python, identity = ordinary_user()
    home = var.parent
    if identity is Identity.NOBODY:
        home.chmod(0o777)
    packages = Path(psycopg.__file__).parents[1]
    ran = subprocess.run(
        tethered([python, "-c", AS_ORDINARY_USER, str(home)], identity=identity),
        env={**os.environ, "PYTHONPATH": f"{PROJECT}:{packages}", "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ran.stdout, ran.stderr) == ("True own 1\nTrue own 2\n", "")


@pytest.fixture
def another_process() -> Iterator[int]:
    """A living process of this user that is neither PostgreSQL's parent nor its grandparent: those it disregards."""
    with subprocess.Popen([sys.executable, "-I", "-S", "-c", "input()"], stdin=subprocess.PIPE) as process:
        yield process.pid
        process.communicate(b"\n")


@pytest.mark.parametrize("left", ["postgres/postmaster.pid", "run/pg/.s.PGSQL.5432.lock"])
def test_a_killed_postgres_starts_again_although_its_number_was_given_away(
    var: Path, another_process: int, left: str
) -> None:
    postgres = EmbeddedPostgres(var, durable=False)
    with postgres, psycopg.connect(postgres.url) as session:
        session.execute("create table kept (value int)")
    (var / left).write_text(f"{another_process}\n{var / 'postgres'}\n")
    (var / "run" / "pg" / ".s.PGSQL.5432").touch()
    with postgres, psycopg.connect(postgres.url) as session:
        assert session.execute("select count(*) from kept").fetchone() == (0,)


def test_a_living_postgres_keeps_its_files_also_where_its_data_are_elsewhere(var: Path) -> None:
    with EmbeddedPostgres(var, durable=False):
        pass
    larger_disk = (var / "postgres").rename(var.parent / "larger-disk")
    (var / "postgres").symlink_to(larger_disk)
    files = [larger_disk / "postmaster.pid", var / "run/pg/.s.PGSQL.5432", var / "run/pg/.s.PGSQL.5432.lock"]
    with EmbeddedPostgres(var, durable=False):
        EmbeddedPostgres(var, durable=False).prepare()
        assert [file for file in files if not file.exists()] == []


def test_a_postgres_that_may_not_be_looked_at_is_known_by_its_command(
    var: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(path: Path) -> Path:
        raise PermissionError(path)

    monkeypatch.setattr(Path, "readlink", refuse)
    with EmbeddedPostgres(var, durable=False) as postgres:
        postgres.prepare()
        assert (var / "postgres" / "postmaster.pid").exists()


def test_it_ends_with_the_process_that_started_it(var: Path) -> None:
    code = (
        "import os, sys; from pathlib import Path; from controlplane.standalone.postgres import EmbeddedPostgres\n"
        "EmbeddedPostgres(Path(sys.argv[1]), durable=False).start(); os.kill(os.getpid(), 9)"
    )
    ran = subprocess.run([sys.executable, "-c", code, var], env={**os.environ, "PYTHONPATH": str(PROJECT)}, check=False)
    assert ran.returncode == -signal.SIGKILL
    until(lambda: not (var / "postgres" / "postmaster.pid").exists(), within=5)


def test_an_interrupted_first_start_is_begun_anew(var: Path) -> None:
    half = var / "postgres.new"
    half.mkdir(parents=True)
    (half / "PG_VERSION").write_text("18\n")
    with EmbeddedPostgres(var, durable=False) as postgres:
        assert postgres.answers()
    assert not half.exists()


def test_data_of_another_major_version_is_refused_untouched(var: Path) -> None:
    with EmbeddedPostgres(var, durable=False):
        pass
    version = var / "postgres" / "PG_VERSION"
    ours = version.read_text()
    version.write_text("17\n")
    with pytest.raises(
        EmbeddedError, match=r"was made by PostgreSQL 17; the installed one is 18\. Nothing was changed"
    ):
        EmbeddedPostgres(var, durable=False).start()
    version.write_text(ours)


def test_an_operators_own_setting_outlives_a_restart(var: Path) -> None:
    postgres = EmbeddedPostgres(var, durable=False)
    with postgres, psycopg.connect(postgres.url, autocommit=True) as session:
        session.execute("alter system set work_mem = '33MB'")
    with postgres, psycopg.connect(postgres.url) as session:
        assert session.execute("show work_mem").fetchone() == ("33MB",)


def test_its_last_words_are_in_the_error_when_it_does_not_start(var: Path) -> None:
    postgres = EmbeddedPostgres(var, durable=False)
    with postgres:
        pass
    (var / "postgres" / "postgresql.auto.conf").write_text("no_such_setting = 1\n")
    with pytest.raises(EmbeddedError, match='unrecognized configuration parameter "no_such_setting"'):
        postgres.start()
