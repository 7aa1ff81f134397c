"""Where things live: below ``var/``, and the sockets nearer when that path is too long for them."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import dj_database_url
import pytest

from controlplane.standalone.places import places, private_folder
from controlplane.standalone.valkey import EmbeddedValkey

LONGEST_ADDRESS = 107  # sun_path holds 108 bytes, one of them the end


def test_everything_is_below_var() -> None:
    found = places("/srv/interlock/var")
    assert found.sockets == Path("/srv/interlock/var/run")
    assert found.database_url == "postgres://interlock@%2Fsrv%2Finterlock%2Fvar%2Frun%2Fpg:5432/interlock"
    assert found.broker_url == "redis+socket:///srv/interlock/var/run/valkey.sock?virtual_host=0"
    assert found.cache_url == "unix:///srv/interlock/var/run/valkey.sock?db=1"


def test_django_understands_the_databases_address() -> None:
    parsed = dj_database_url.parse(places("/srv/interlock/var").database_url)
    named = {key: parsed[key] for key in ("HOST", "PORT", "USER", "NAME")}
    assert named == {"HOST": "/srv/interlock/var/run/pg", "PORT": 5432, "USER": "interlock", "NAME": "interlock"}


def test_no_sockets_address_is_too_long_for_the_kernel() -> None:
    for length in range(2, 200):
        found = places("/" + "v" * (length - 1))
        longest = [found.postgres_sockets / ".s.PGSQL.5432.lock", found.valkey_socket]
        assert max(len(os.fsencode(path)) for path in longest) <= LONGEST_ADDRESS


def test_two_installations_with_long_paths_have_different_sockets() -> None:
    deep = "/" + "v" * 100
    assert places(deep + "/a").sockets.parent == places(deep + "/b").sockets.parent == Path("/tmp")  # noqa: S108
    assert places(deep + "/a").sockets != places(deep + "/b").sockets


def test_the_sockets_place_does_not_depend_on_the_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    before = places("/" + "v" * 100).sockets
    monkeypatch.setenv("TMPDIR", "/elsewhere")
    assert places("/" + "v" * 100).sockets == before


def test_services_work_below_a_long_path(tmp_path: Path) -> None:
    var = tmp_path / ("v" * 120)
    with EmbeddedValkey(var) as valkey:
        assert valkey.answers()
        assert valkey.places.sockets.parent == Path("/tmp")  # noqa: S108
    valkey.places.sockets.rmdir()


def test_a_private_folder_is_closed_to_others(tmp_path: Path) -> None:
    folder = tmp_path / "open"
    folder.mkdir(mode=0o755)
    assert stat.S_IMODE(private_folder(folder).stat().st_mode) == 0o700


def test_a_link_that_somebody_left_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "theirs").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "theirs")
    with pytest.raises(PermissionError, match="belongs to somebody else"):
        private_folder(tmp_path / "link")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can make somebody else's folder")
def test_somebody_elses_folder_is_refused(tmp_path: Path) -> None:
    os.chown(tmp_path, 65534, 65534)
    with pytest.raises(PermissionError, match="choose another folder with INTERLOCK_VAR"):
        private_folder(tmp_path)
