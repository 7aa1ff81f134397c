"""What is asked of the vault, and what each of its answers means (a real one: ``tests/peers/test_openbao.py``)."""

from __future__ import annotations

import traceback
from pathlib import Path
from typing import Any

import hvac
import pytest
import requests

from controlplane.credentials.providers import SecretUnavailable, resolve
from tests.credentials.conftest import Vault, why_not

REFERENCE = "vault://kv/teams/erp#password"


def test_one_field_is_read_with_the_token_of_the_process(vault: Vault) -> None:
    vault.holds(password="hunter2", user="interlock")

    assert resolve(REFERENCE).reveal() == "hunter2"
    assert vault.asked == [("/v1/kv/data/teams/erp", "s.token-of-the-process")]


def test_a_field_is_read_without_its_last_line_end(vault: Vault) -> None:
    vault.holds(password=" hunter2\r\n", empty="\n")

    assert resolve(REFERENCE).reveal() == " hunter2"
    assert why_not("vault://kv/teams/erp#empty").reason == "the secret has no text in its field 'empty'"


def test_a_version_is_asked_for(vault: Vault) -> None:
    vault.holds(password="hunter2")

    resolve(f"{REFERENCE}@3")

    assert vault.asked[0][0] == "/v1/kv/data/teams/erp?version=3"


def test_the_token_that_an_agent_keeps_fresh_goes_before(
    vault: Vault, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "token").write_text("s.token-of-the-agent\n")
    monkeypatch.setenv("VAULT_TOKEN_FILE", str(tmp_path / "token"))
    vault.holds(password="hunter2")

    resolve(REFERENCE)

    assert vault.asked[0][1] == "s.token-of-the-agent"


def test_a_token_file_that_is_not_there_yet_is_waited_for(
    vault: Vault, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("VAULT_TOKEN_FILE", str(tmp_path / "token"))

    error = why_not(REFERENCE)

    reason = "the vault's token cannot be read from VAULT_TOKEN_FILE: FileNotFoundError"
    assert (error.reason, error.passing) == (reason, True)
    assert vault.asked == []


def test_without_a_token_the_vault_is_asked_without_one_and_no_other_is_found(
    vault: Vault, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("VAULT_TOKEN")
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / ".vault-token").write_text("s.token-of-a-person")
    vault.refuses(403, "permission denied")

    why_not(REFERENCE)

    assert vault.asked[0][1] == ""


@pytest.mark.parametrize(
    ("status", "reason", "passing"),
    [
        (400, "the vault did not understand; is the mount a key-value store, version 2?", False),
        (401, "the vault refused our token, or lets it not read this", True),
        (403, "the vault refused our token, or lets it not read this", True),
        (404, "the vault has no such secret", False),
        (405, "the vault is away: UnexpectedError", True),
        (429, "the vault is away: RateLimitExceeded", True),
        (500, "the vault is away: InternalServerError", True),
        (501, "the vault is away: VaultNotInitialized", True),
        (502, "the vault is away: BadGateway", True),
        (503, "the vault is away: VaultDown", True),
    ],
)
def test_what_a_refusal_means(vault: Vault, status: int, reason: str, *, passing: bool) -> None:
    vault.refuses(status, "hunter2 in the vault's own words")

    error = why_not(REFERENCE)

    assert (error.reason, error.passing) == (reason, passing)


@pytest.mark.parametrize(
    "body", [b"<html>busy</html>", b"null", b"[]", b"{}", b'{"data": null}', b'{"data": {"data": null}}', b'"text"']
)
def test_whatever_answers_in_the_vaults_place_is_an_error_of_ours(vault: Vault, body: bytes) -> None:
    vault.body = body

    error = why_not(REFERENCE)

    assert (error.reason, error.passing) == ("what answers at VAULT_ADDR is no vault", True)


def test_a_redirect_is_not_followed_with_the_token(vault: Vault) -> None:
    vault.status, vault.headers = 307, {"Location": f"{vault.url}/elsewhere"}

    assert why_not(REFERENCE).passing is True
    assert [path for path, _ in vault.asked] == ["/v1/kv/data/teams/erp"]


@pytest.mark.parametrize("value", ["", None, 5432, True, ["a"], {"a": "b"}])
def test_a_field_without_text_is_no_secret(vault: Vault, value: Any) -> None:
    vault.holds(password=value, other="hunter2")

    error = why_not(REFERENCE)

    assert (error.reason, error.passing) == ("the secret has no text in its field 'password'", False)


def test_no_vault_is_said_without_asking_anybody(vault: Vault, settings: Any) -> None:
    settings.VAULT_ADDR = ""

    error = why_not(REFERENCE)

    assert (error.reason, error.passing) == ("no vault is configured (VAULT_ADDR)", False)
    assert vault.asked == []


@pytest.mark.parametrize(
    "error", [requests.ConnectTimeout("hunter2"), requests.ReadTimeout("hunter2"), OSError("hunter2")]
)
def test_a_vault_that_does_not_answer_is_away(vault: Vault, monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    def fails(*_: Any, **__: Any) -> Any:
        raise error

    monkeypatch.setattr(requests.Session, "request", fails)

    unavailable = why_not(REFERENCE)

    assert (unavailable.reason, unavailable.passing) == (f"the vault is away: {type(error).__name__}", True)


@pytest.mark.parametrize("way", ["no field", "refused", "no vault"])
def test_a_traceback_with_local_variables_shows_neither_token_nor_secret(vault: Vault, way: str) -> None:
    vault.holds(other="hunter2")
    if way == "refused":
        vault.refuses(403, "hunter2")
    if way == "no vault":
        vault.body = {"data": "hunter2"}

    with pytest.raises(SecretUnavailable) as caught:
        resolve(REFERENCE)

    below_this_test = caught.value.__traceback__.tb_next if caught.value.__traceback__ else None
    seen = traceback.TracebackException(SecretUnavailable, caught.value, below_this_test, capture_locals=True)
    shown = "".join(seen.format())
    assert "reference = " in shown
    assert "s.token-of-the-process" not in shown
    assert way == "no vault" or "hunter2" not in shown


def test_a_client_asks_with_patience_of_seconds(vault: Vault, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[dict[str, Any]] = []
    original = hvac.Client

    def client(**options: Any) -> hvac.Client:
        made.append(options)
        return original(**options)

    monkeypatch.setattr(hvac, "Client", client)
    vault.holds(password="hunter2")

    resolve(REFERENCE)

    assert made[0]["timeout"] == 5
