"""References to secrets: ``vault://mount/path#field@version``, ``env://NAME``, ``file://name``.

A reference is safe to store, show and log. Its value is resolved where it is used, by
:func:`controlplane.credentials.providers.resolve`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from controlplane.foundation.errors import Invalid

SCHEMES = ("env", "file", "vault")
#: A version is only read behind a field, so that nothing else about a path decides what is a version.
_FORM = re.compile(
    r"(?P<scheme>[a-z-]+)://(?P<path>[^#@\s]+)(?:#(?P<field>[\w.-]+)(?:@(?P<version>[1-9][0-9]{0,8}))?)?"
)
_PLAIN_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*")
_SEGMENT = re.compile(r"[\w+=:.-]+")
#: Our own variables are infrastructure, out of users' reach: a destination could be told our database's password.
_OURS = re.compile(r"(INTERLOCK|DATABASE|BROKER|CACHE|VAULT|BAO|SENTRY|DJANGO|CELERY|PROMETHEUS|PG)_?.*", re.IGNORECASE)
_LONGEST = 500

_WHAT_IT_IS = (
    "A secret is given as a reference, such as vault://kv/erp#password, env://NAME or file://name; "
    "the value itself is never entered here."
)


@dataclass(frozen=True, slots=True)
class Reference:
    """A parsed reference; ``str()`` gives it back as written."""

    scheme: str
    path: str
    field: str = ""
    version: int | None = None

    def __str__(self) -> str:
        field = f"#{self.field}" if self.field else ""
        version = f"@{self.version}" if self.version is not None else ""
        return f"{self.scheme}://{self.path}{field}{version}"


def parse(text: str) -> Reference:
    """The reference in ``text``.

    :class:`Invalid` says what a reference looks like and never repeats what was given: that may be the secret.
    """
    match = _FORM.fullmatch(text.strip()) if len(text) <= _LONGEST else None
    if match is None or match["scheme"] not in SCHEMES:
        raise Invalid(_WHAT_IT_IS)
    if match["scheme"] == "vault":
        _check_vault(match["path"], match["field"])
    else:
        _check_plain(match["scheme"], match["path"], match["field"])
    return Reference(
        match["scheme"], match["path"], match["field"] or "", int(match["version"]) if match["version"] else None
    )


def _check_plain(scheme: str, name: str, field: str | None) -> None:
    if not _PLAIN_NAME.fullmatch(name):
        raise Invalid(f"{scheme}:// takes a plain name without folders.")
    if scheme == "env" and _OURS.fullmatch(name):
        raise Invalid(f"env://{name} configures Interlock itself; give the credential a variable of its own.")
    if field:
        raise Invalid(f"{scheme}:// holds one value: it has no fields and no versions.")


def _check_vault(path: str, field: str | None) -> None:
    mount, *rest = path.split("/")
    segments_are_plain = all(_SEGMENT.fullmatch(part) and part.strip(".") for part in (mount, *rest))
    if not field or not rest or not segments_are_plain:
        raise Invalid("A vault reference names mount, path and field: vault://mount/path#field.")
