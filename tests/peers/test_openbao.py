"""A secret out of a real vault: read at use, by version, and every way in which it may not be had."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from controlplane.credentials import providers
from controlplane.credentials.providers import SecretUnavailable
from tests.peers.rig import Openbao

pytestmark = pytest.mark.peers


@pytest.fixture(autouse=True)
def vault(openbao: Openbao, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Openbao]:
    """The vault, with a token that may read what is below ``kv/erp`` and nothing else."""
    settings.VAULT_ADDR = openbao.base_url
    monkeypatch.delenv("VAULT_TOKEN_FILE", raising=False)
    monkeypatch.setenv("VAULT_TOKEN", openbao.token("kv/data/erp/*"))
    providers.forget()
    yield openbao
    providers.forget()


def refused(reference: str) -> SecretUnavailable:
    """Why the reference cannot be resolved."""
    with pytest.raises(SecretUnavailable) as caught:
        providers.resolve(reference)
    assert caught.value.reference == reference
    return caught.value


def test_the_newest_version_is_read_and_an_older_one_can_be_pinned(vault: Openbao) -> None:
    first = vault.put("erp/pinned", {"password": "of-spring", "user": "interlock"})
    second = vault.put("erp/pinned", {"password": "of-autumn", "user": "interlock"})

    assert (first, second) == (1, 2)
    assert providers.resolve("vault://kv/erp/pinned#password").reveal() == "of-autumn"
    assert providers.resolve("vault://kv/erp/pinned#password@1").reveal() == "of-spring"
    assert providers.resolve("vault://kv/erp/pinned#user@2").reveal() == "interlock"


def test_a_name_with_other_letters_is_found(vault: Openbao) -> None:
    vault.put("erp/zürich.1", {"password": "grüezi"})

    assert providers.resolve("vault://kv/erp/zürich.1#password").reveal() == "grüezi"


def test_a_rotated_secret_is_read_once_the_old_one_is_forgotten(vault: Openbao) -> None:
    vault.put("erp/rotated", {"password": "old"})
    assert providers.resolve("vault://kv/erp/rotated#password").reveal() == "old"
    vault.put("erp/rotated", {"password": "new"})

    assert providers.resolve("vault://kv/erp/rotated#password").reveal() == "old"
    providers.forget("vault://kv/erp/rotated#password")
    assert providers.resolve("vault://kv/erp/rotated#password").reveal() == "new"


def test_what_is_not_there_is_not_waited_for(vault: Openbao) -> None:
    vault.put("erp/some", {"password": "x", "empty": "", "port": 5432, "nested": {"a": "b"}})
    vault.put("erp/deleted", {"password": "x"})
    vault.delete("erp/deleted")

    for reference in (
        "vault://kv/erp/none#password",
        "vault://kv/erp/some#password@7",
        "vault://kv/erp/deleted#password",
    ):
        error = refused(reference)
        assert (error.reason, error.passing) == ("the vault has no such secret", False)
    for field in ("missing", "empty", "port", "nested"):
        error = refused(f"vault://kv/erp/some#{field}")
        assert (error.reason, error.passing) == (f"the secret has no text in its field '{field}'", False)


def test_a_token_that_the_vault_refuses_is_waited_for_until_somebody_renews_it(
    vault: Openbao, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    vault.put("erp/waiting", {"password": "x"})
    expired = vault.token("kv/data/erp/*")
    vault.revoke(expired)
    kept = tmp_path / "token"
    kept.write_text(expired)
    monkeypatch.setenv("VAULT_TOKEN_FILE", str(kept))

    error = refused("vault://kv/erp/waiting#password")
    assert (error.reason, error.passing) == ("the vault refused our token, or lets it not read this", True)
    assert expired not in str(error)

    kept.write_text(vault.token("kv/data/erp/*") + "\n")
    assert providers.resolve("vault://kv/erp/waiting#password").reveal() == "x"


def test_a_path_that_the_token_may_not_read_is_refused(vault: Openbao) -> None:
    vault.put("finance/bank", {"pin": "1234"})

    assert refused("vault://kv/finance/bank#pin").reason == "the vault refused our token, or lets it not read this"


def test_a_sealed_vault_is_away_and_comes_back(vault: Openbao) -> None:
    vault.put("erp/sealed", {"password": "x"})
    vault.seal()
    try:
        error = refused("vault://kv/erp/sealed#password")
    finally:
        vault.unseal()

    assert (error.reason, error.passing) == ("the vault is away: VaultDown", True)
    assert providers.resolve("vault://kv/erp/sealed#password").reveal() == "x"


def test_a_vault_that_is_stopped_is_away(settings: Any) -> None:
    with Openbao() as another:
        settings.VAULT_ADDR = another.base_url

    error = refused("vault://kv/erp/some#password")
    assert (error.reason, error.passing) == ("the vault is away: ConnectionError", True)
