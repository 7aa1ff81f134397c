"""Resolving: values are kept for a minute, forgotten after a refusal, and never named in an error."""

from __future__ import annotations

import threading
import time
from typing import Any

import pytest

from connectors.messages import Secret
from controlplane.credentials import providers
from controlplane.credentials.providers import SecretUnavailable, forget, resolve, resolve_all
from tests.credentials.conftest import Vault

ERP = "vault://kv/erp#password"


class Clock:
    """The time that the cache believes."""

    def __init__(self) -> None:
        self.now = time.monotonic()

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(providers, "time", made)
    return made


def test_a_vault_is_asked_once_a_minute(vault: Vault, clock: Clock) -> None:
    vault.holds(password="old")
    assert resolve(ERP).reveal() == "old"
    vault.holds(password="new")

    clock.now += 59
    assert resolve(ERP).reveal() == "old"
    clock.now += 1
    assert resolve(ERP).reveal() == "new"
    assert len(vault.asked) == 2


def test_a_forgotten_value_is_asked_for_again_and_others_are_kept(vault: Vault) -> None:
    vault.holds(password="old", user="interlock")
    resolve(ERP), resolve("vault://kv/erp#user")
    vault.holds(password="new", user="somebody")

    forget(ERP)

    assert resolve(ERP).reveal() == "new"
    assert resolve("vault://kv/erp#user").reveal() == "interlock"


def test_forgetting_nothing_in_particular_forgets_all(vault: Vault) -> None:
    vault.holds(password="old", user="interlock")
    resolve(ERP), resolve("vault://kv/erp#user")

    forget()
    resolve(ERP), resolve("vault://kv/erp#user")

    assert len(vault.asked) == 4


def test_a_failure_is_not_kept(vault: Vault) -> None:
    vault.refuses(503)
    with pytest.raises(SecretUnavailable):
        resolve(ERP)
    vault.holds(password="hunter2")

    assert resolve(ERP).reveal() == "hunter2"


def test_a_value_that_was_asked_for_before_it_was_forgotten_is_used_once_and_not_kept(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A vault may answer with the old value while another thread learns from a refusal that it was rotated."""
    asked, go_on = threading.Event(), threading.Event()
    answers = iter(["old", "new"])

    def slow(_: Any) -> Secret:
        value = next(answers)
        asked.set()
        assert go_on.wait(10)
        return Secret(value)

    monkeypatch.setitem(providers.PROVIDERS, "vault", slow)
    found: list[str] = []
    early = threading.Thread(target=lambda: found.append(resolve(ERP).reveal()))
    early.start()
    assert asked.wait(10)
    forget(ERP)
    go_on.set()
    early.join()

    assert found == ["old"]
    assert resolve(ERP).reveal() == "new"


def test_several_are_resolved_by_their_names(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ERP_USER", "interlock")
    monkeypatch.setenv("ERP_PASSWORD", "hunter2")

    found = resolve_all({"user": "env://ERP_USER", "password": "env://ERP_PASSWORD"})

    assert {name: secret.reveal() for name, secret in found.items()} == {"user": "interlock", "password": "hunter2"}


def test_one_that_is_missing_names_its_reference_and_no_value(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ERP_USER", "hunter2")
    monkeypatch.delenv("ERP_PASSWORD", raising=False)

    with pytest.raises(SecretUnavailable) as caught:
        resolve_all({"user": "env://ERP_USER", "password": "env://ERP_PASSWORD"})

    assert str(caught.value) == "env://ERP_PASSWORD: the environment variable is not set"


def test_a_value_that_was_kept_in_place_of_a_reference_is_not_named() -> None:
    with pytest.raises(SecretUnavailable) as caught:
        resolve("sk_live_hunter2")

    assert caught.value.passing is False
    assert "hunter2" not in repr(caught.value)
    assert str(caught.value).startswith("A credential that is no reference: A secret is given as a reference, such as")
