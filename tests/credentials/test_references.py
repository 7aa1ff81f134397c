"""A reference names a secret and where it is; what is none is refused without being repeated."""

from __future__ import annotations

import pytest

from controlplane.configuration import DECLARED
from controlplane.credentials.references import Reference, parse
from controlplane.foundation.errors import Invalid

GOOD = {
    "env://ERP_PASSWORD": Reference("env", "ERP_PASSWORD"),
    "env://_x": Reference("env", "_x"),
    "file://tryton-password": Reference("file", "tryton-password"),
    "file://tls.key": Reference("file", "tls.key"),
    "vault://kv/erp#password": Reference("vault", "kv/erp", "password"),
    "vault://kv/teams/finance/erp#pass-word.1": Reference("vault", "kv/teams/finance/erp", "pass-word.1"),
    "vault://kv/erp#password@3": Reference("vault", "kv/erp", "password", 3),
    "vault://kv/a..b#password": Reference("vault", "kv/a..b", "password"),
    "vault://kv/zürich#password": Reference("vault", "kv/zürich", "password"),
}
WHAT_IT_IS = "A secret is given as a reference, such as "
MOUNT_PATH_FIELD = "A vault reference names mount, path and field"
ONE_VALUE = "holds one value: it has no fields and no versions"
PLAIN_NAME = "takes a plain name without folders"
BAD = {
    "": WHAT_IT_IS,
    "sk_live_51HxSecret": WHAT_IT_IS,
    "env:ERP": WHAT_IT_IS,
    "env:/ERP": WHAT_IT_IS,
    "ENV://ERP": WHAT_IT_IS,
    "env://": WHAT_IT_IS,
    "env:// ERP": WHAT_IT_IS,
    "env://ERP PASSWORD": WHAT_IT_IS,
    "env://ERP\nX": WHAT_IT_IS,
    "https://vault.example/erp#password": WHAT_IT_IS,
    "aws-sm://erp#password": WHAT_IT_IS,
    "env://ERP@3": WHAT_IT_IS,
    "file://erp@3": WHAT_IT_IS,
    "vault://kv/erp@3": WHAT_IT_IS,
    "vault://kv/erp@3#password": WHAT_IT_IS,
    "vault://kv/erp#password@0": WHAT_IT_IS,
    "vault://kv/erp#password@-1": WHAT_IT_IS,
    "vault://kv/erp#password@latest": WHAT_IT_IS,
    "vault://kv/erp#password@9999999999": WHAT_IT_IS,
    "vault://kv/erp#": WHAT_IT_IS,
    "vault://kv/erp#pass word": WHAT_IT_IS,
    "vault://kv/" + "a" * 500 + "#password": WHAT_IT_IS,
    "vault://kv/erp": MOUNT_PATH_FIELD,
    "vault://kv#password": MOUNT_PATH_FIELD,
    "vault://kv/#password": MOUNT_PATH_FIELD,
    "vault:///erp#password": MOUNT_PATH_FIELD,
    "vault://kv//erp#password": MOUNT_PATH_FIELD,
    "vault://kv/erp/#password": MOUNT_PATH_FIELD,
    "vault://kv/../sys#password": MOUNT_PATH_FIELD,
    "vault://kv/./erp#password": MOUNT_PATH_FIELD,
    "vault://kv/erp?version=1#password": MOUNT_PATH_FIELD,
    "vault://kv/%2e%2e/sys#password": MOUNT_PATH_FIELD,
    "vault://kv/erp\\x#password": MOUNT_PATH_FIELD,
    "env://ERP#password": ONE_VALUE,
    "file://erp#password": ONE_VALUE,
    "env://../ERP": PLAIN_NAME,
    "env://ERP/PASSWORD": PLAIN_NAME,
    "env://ERP=1": PLAIN_NAME,
    "file://../secret": PLAIN_NAME,
    "file:///etc/passwd": PLAIN_NAME,
    "file://folder/name": PLAIN_NAME,
    "file://.hidden": PLAIN_NAME,
    "file://..": PLAIN_NAME,
    "file://-rf": PLAIN_NAME,
    "file://näme": PLAIN_NAME,
}


@pytest.mark.parametrize("text", GOOD)
def test_a_reference_is_read_and_given_back_as_written(text: str) -> None:
    assert parse(text) == GOOD[text]
    assert str(parse(f"  {text}\n")) == text


@pytest.mark.parametrize("text", BAD, ids=lambda text: ascii(text)[:40])
def test_what_is_no_reference_is_refused_with_what_one_is(text: str) -> None:
    with pytest.raises(Invalid) as caught:
        parse(text)
    assert BAD[text] in caught.value.detail


@pytest.mark.parametrize("text", ["sk_live_51HxSecret", "env://hunter2 hunter2", "vault://hunter2", "file://hunter2/x"])
def test_a_secret_that_was_typed_in_by_mistake_is_not_repeated(text: str) -> None:
    with pytest.raises(Invalid) as caught:
        parse(text)
    assert "hunter2" not in repr(caught.value)
    assert "sk_live" not in repr(caught.value)


def test_what_configures_interlock_itself_is_out_of_users_reach() -> None:
    for name in [*DECLARED, "VAULT_TOKEN", "VAULT_TOKEN_FILE", "database_url", "PGPASSWORD"]:
        with pytest.raises(Invalid, match="configures Interlock itself"):
            parse(f"env://{name}")
