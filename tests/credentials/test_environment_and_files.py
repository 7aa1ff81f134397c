"""Secrets as containers give them: variables of the process, and files in one folder."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from controlplane.credentials.providers import resolve
from tests.credentials.conftest import why_not


@pytest.mark.parametrize(
    ("given", "read"),
    [(" with spaces ", " with spaces "), ("hunter2\n", "hunter2"), ("first\nsecond\r\n", "first\nsecond")],
)
def test_a_variable_is_read_without_its_last_line_end(monkeypatch: pytest.MonkeyPatch, given: str, read: str) -> None:
    monkeypatch.setenv("ERP_PASSWORD", given)

    assert resolve("env://ERP_PASSWORD").reveal() == read


@pytest.mark.parametrize("value", [None, "", "\n"])
def test_a_variable_that_is_missing_or_empty_is_not_waited_for(
    monkeypatch: pytest.MonkeyPatch, value: str | None
) -> None:
    monkeypatch.delenv("ERP_PASSWORD", raising=False)
    if value is not None:
        monkeypatch.setenv("ERP_PASSWORD", value)

    error = why_not("env://ERP_PASSWORD")

    assert (error.reason, error.passing) == ("the environment variable is not set", False)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        (b"hunter2", "hunter2"),
        (b"hunter2\n", "hunter2"),
        (b"hunter2\r\n", "hunter2"),
        (b"\xef\xbb\xbfhunter2\r\n", "hunter2"),
        (b" hunter 2 \n", " hunter 2 "),
        (b"first line\r\nsecond line\r\n", "first line\r\nsecond line"),
        ("größe".encode(), "größe"),
    ],
)
def test_a_file_is_read_without_its_last_line_end(folder: Path, written: bytes, read: str) -> None:
    (folder / "erp").write_bytes(written)

    assert resolve("file://erp").reveal() == read


def test_a_link_within_the_folder_is_followed_as_kubernetes_has_them(folder: Path) -> None:
    (folder / "..2026_11_21").mkdir()
    (folder / "..2026_11_21" / "erp").write_text("hunter2")
    (folder / "..data").symlink_to("..2026_11_21")
    (folder / "erp").symlink_to("..data/erp")

    assert resolve("file://erp").reveal() == "hunter2"


@pytest.mark.parametrize("target", ["/etc/hostname", "../beside", "../secrets-of-others/erp", "."])
def test_a_link_out_of_the_folder_is_refused(folder: Path, target: str) -> None:
    (folder.parent / "beside").write_text("hunter2")
    (folder.parent / "secrets-of-others").mkdir()
    (folder.parent / "secrets-of-others" / "erp").write_text("hunter2")
    (folder / "erp").symlink_to(target)

    error = why_not("file://erp")

    assert error.passing is False
    assert "hunter2" not in str(error)


def test_links_in_a_circle_are_refused(folder: Path) -> None:
    (folder / "erp").symlink_to("crm")
    (folder / "crm").symlink_to("erp")

    assert why_not("file://erp").reason == "it does not point to a file in the secrets folder"


def test_a_secrets_folder_that_is_a_link_itself_is_fine(folder: Path, settings: Any) -> None:
    (folder / "erp").write_text("hunter2")
    settings.SECRETS_FOLDER = folder.parent / "linked"
    settings.SECRETS_FOLDER.symlink_to(folder)

    assert resolve("file://erp").reveal() == "hunter2"


@pytest.mark.parametrize("written", [b"", b"\n", b"\r\n\r\n", b"\xff\xfe\x00", b"x" * 70_000])
def test_a_file_that_holds_no_secret_is_said(folder: Path, written: bytes) -> None:
    (folder / "erp").write_bytes(written)

    error = why_not("file://erp")

    assert (error.reason, error.passing) == ("it is no file with text in UTF-8, of 1 to 65536 bytes", False)


def test_a_folder_or_a_pipe_is_no_file(folder: Path) -> None:
    (folder / "folder").mkdir()
    os.mkfifo(folder / "pipe")

    assert why_not("file://folder").passing is False
    assert why_not("file://pipe").passing is False


def test_a_missing_file_is_said_and_its_folder_may_be_missing_too(folder: Path) -> None:
    error = why_not("file://erp")
    assert (error.reason, error.passing) == ("there is no such file in the secrets folder", False)

    folder.rmdir()
    assert why_not("file://erp").reason == "there is no such file in the secrets folder"


def test_a_file_that_may_not_be_read_is_tried_again(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The rights are somebody's to mend; what waits for the secret goes on by itself then."""

    def forbidden(_: Path) -> bytes:
        raise PermissionError

    (folder / "erp").write_text("hunter2")
    with monkeypatch.context() as patched:
        patched.setattr(Path, "read_bytes", forbidden)  # root may read whatever its mode says
        error = why_not("file://erp")

    assert (error.reason, error.passing) == ("cannot be read: PermissionError", True)
    assert resolve("file://erp").reveal() == "hunter2"
