"""Static files: kept by browsers for good, compressed for whoever takes that, and there during an upgrade too."""

from __future__ import annotations

import gzip
import os
from pathlib import Path
from typing import Any

import pytest
from django.contrib.staticfiles import finders
from django.templatetags.static import static
from django.test import Client

from controlplane.console import statics

FOREVER, A_MINUTE = "max-age=315360000, public, immutable", "max-age=60, public"
NAMES = ("css/app.css", "js/page.js", "js/live.js", "vendor/inter.ttf", "django_htmx/htmx-2.min.js")


def asked(address: str, takes: str = "") -> Any:
    return Client().get(address, headers={"accept-encoding": takes})


def content(answer: Any) -> bytes:
    return b"".join(answer)


def source(name: str) -> bytes:
    found = finders.find(name)
    assert found is not None
    return Path(found).read_bytes()


@pytest.mark.parametrize("name", NAMES)
def test_what_a_page_brings_is_compressed_and_kept_for_good(name: str) -> None:
    answer = asked(static(name), "gzip, br")
    assert (answer.status_code, answer["Content-Encoding"], answer["Vary"]) == (200, "gzip", "Accept-Encoding")
    assert answer["Cache-Control"] == FOREVER
    packed = content(answer)
    assert (gzip.decompress(packed), int(answer["Content-Length"])) == (source(name), len(packed))


def test_who_takes_nothing_compressed_gets_it_as_it_is() -> None:
    answer = asked(static("css/app.css"))
    assert "Content-Encoding" not in answer
    assert (answer["Cache-Control"], content(answer)) == (FOREVER, source("css/app.css"))


def test_what_a_module_asks_for_in_turn_is_beside_it() -> None:
    beside = static("js/page.js").replace("page.js", "live.js")
    assert asked(beside)["Cache-Control"] == FOREVER
    assert beside == static("js/live.js") == f"/static/{statics.version()}/js/live.js"


@pytest.mark.parametrize("address", ["/static/css/app.css", "/static/0123456789ab/css/app.css"])
def test_a_page_of_another_version_gets_what_there_is_for_a_minute(address: str) -> None:
    answer = asked(address, "gzip")
    assert (answer.status_code, answer["Cache-Control"]) == (200, A_MINUTE)
    assert content(answer) == source("css/app.css")


@pytest.mark.parametrize("rest", ["css/none.css", "0123456789ab/css/none.css", "0123456789ab/../settings.py", "", "x/"])
def test_what_is_no_static_file_is_not_there(rest: str) -> None:
    assert asked(f"/static/{rest}").status_code == 404


def test_where_they_cannot_be_laid_out_they_are_served_as_they_are(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, settings: Any
) -> None:
    blocked = tmp_path / "a file"
    blocked.touch()
    settings.STATIC_ROOT = blocked / "static"
    answer = asked(static("css/app.css"), "gzip")
    assert (answer["Cache-Control"], content(answer)) == (A_MINUTE, source("css/app.css"))


def test_of_earlier_versions_the_one_is_kept_that_another_process_may_still_serve(tmp_path: Path) -> None:
    for place, name in enumerate(("000000000001", "000000000002", "000000000003", "no version")):
        (tmp_path / name).mkdir()
        os.utime(tmp_path / name, (place, place))
    folder = statics.laid_out(tmp_path)
    assert folder == tmp_path / statics.version()
    assert {one.name for one in tmp_path.iterdir()} == {folder.name, "000000000003", "no version"}
    assert statics.laid_out(tmp_path) == folder


def test_while_files_are_edited_their_addresses_stay_plain(settings: Any) -> None:
    settings.SERVESTATIC_AUTOREFRESH = True
    assert static("css/app.css") == "/static/css/app.css"
    assert asked("/static/css/app.css")["Cache-Control"] == A_MINUTE
