"""Tryton: the ERP, a real ``trytond`` with parties, sales and invoices on an SQLite file of its own.

SQLite does: trytond takes its write lock at the start of a transaction, so concurrent writers wait
for each other (32 at once were tried) instead of failing.
"""

from __future__ import annotations

import base64
import os
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from tests.peers import tryton_setup
from tests.peers.calling import PeerRefusedError, call
from tests.peers.installing import digest, installed, lock_file, only_one, run
from tests.peers.peer import Peer

DATABASE = "tryton"


class TrytonError(RuntimeError):
    """The ``error`` of an RPC answer, as it came: ``["UserError", ["…", "", null]]``."""

    def __init__(self, error: list[Any]) -> None:
        super().__init__(str(error))
        self.error = error


class Tryton(Peer):
    """A Tryton with a company and no customers; ``stop`` and ``start`` keep its port and its data.

    ``user`` and ``password`` are the connector's; ``rpc`` speaks as ``admin``, the person in the ERP.
    """

    name = "tryton"
    database = DATABASE
    user = tryton_setup.USER
    password = tryton_setup.PASSWORD

    def __init__(self, *, empty: bool = False) -> None:
        super().__init__()
        self._session: str | None = None
        self._context: dict[str, Any] = {}
        (self.folder / "trytond.conf").write_text(_configuration(self.folder, self.port))
        if not empty:
            _copy(_template(), self.folder / f"{DATABASE}.sqlite")

    def command(self) -> list[str]:
        """With ``-d``: without it the first log-in fails with KeyError 'res.user'."""
        return [*self._program("trytond"), "-d", DATABASE]

    def _program(self, name: str) -> list[str]:
        return [str(installed(self.name) / name), "-c", str(self.folder / "trytond.conf")]

    def initialise(self) -> None:
        """Make the database and what is in it before the first customer: ~25 s, so its file is kept."""
        (self.folder / f"{DATABASE}.sqlite").touch()
        (self.folder / "password").write_text(tryton_setup.ADMIN_PASSWORD)
        modules = ("-u", *tryton_setup.MODULES, "--activate-dependencies", "--email", "admin@example.com")
        password = {"TRYTONPASSFILE": str(self.folder / "password")}
        run([*self._program("trytond-admin"), "-d", DATABASE, *modules], os.environ | password)
        with self:
            tryton_setup.set_up(self.rpc)
            self.stop()
            _copy(self.folder / f"{DATABASE}.sqlite", _template_path())

    def rpc(self, method: str, *params: Any, context: dict[str, Any] | None = None) -> Any:
        """One call as ``admin``: ``rpc("party.party.search", [["code", "=", "7"]], 0, None, None)``.

        Typed values go and come as the wire has them. Raises ``TrytonError``.
        """
        if self._session is None:
            self._log_in()
        try:
            return self._call(f"model.{method}", *params, self._context | (context or {}))
        except PeerRefusedError as refused:
            if refused.status != 401:
                raise
        self._log_in()
        return self._call(f"model.{method}", *params, self._context | (context or {}))

    def _log_in(self) -> None:
        self._session = None
        user, token, _ = self._call("common.db.login", "admin", {"password": tryton_setup.ADMIN_PASSWORD})
        self._session = base64.b64encode(f"admin:{user}:{token}".encode()).decode()
        preferences = self._call("model.res.user.get_preferences", True, {})
        self._context = {name: preferences[name] for name in ("company", "companies") if name in preferences}

    def _call(self, method: str, *params: Any) -> Any:
        headers = {"Authorization": f"Session {self._session}"} if self._session else {}
        document = {"id": 1, "method": method, "params": list(params)}
        answer = call(self.port, "POST", f"/{DATABASE}/rpc/", headers=headers, document=document)
        if "error" in answer:
            raise TrytonError(answer["error"])
        return answer["result"]

    def party(self, name: str, **values: Any) -> int:
        """A new party, entered by a person; gives its id."""
        [party] = self.rpc("party.party.create", [{"name": name} | values])
        return int(party)

    def edit_party(self, party: int, **values: Any) -> None:
        """A person changes a party."""
        self.rpc("party.party.write", [party], values)

    def parties(self, *domain: list[Any]) -> list[dict[str, Any]]:
        """The parties that match, archived ones too: id, name, code, active, identifiers."""
        fields = ["name", "code", "active", "email", "phone", "identifiers.type", "identifiers.code"]
        archived_too = {"active_test": False}
        found = self.rpc(
            "party.party.search_read", list(domain), 0, None, [["id", "ASC"]], fields, context=archived_too
        )
        return list(found)

    def sales(self, reference: str) -> list[dict[str, Any]]:
        """The sales with that reference: id, state, party (id, code), total_amount (typed)."""
        fields = ["reference", "state", "description", "party.code", "total_amount"]
        found = self.rpc("sale.sale.search_read", [["reference", "=", reference]], 0, None, [["id", "ASC"]], fields)
        return list(found)

    def draft_sale(self, party: int, reference: str, description: str = "") -> int:
        """A person drafts a sale without lines; gives its id."""
        sale = {"party": party, "reference": reference, "description": description}
        [made] = self.rpc("sale.sale.create", [sale])
        return int(made)


def _configuration(folder: Path, port: int) -> str:
    return f"[database]\nuri = sqlite://\npath = {folder}\nlist = False\n[web]\nlisten = 127.0.0.1:{port}\n"


def _template_path() -> Path:
    """Named by all that decides what is in it."""
    made_of = digest(lock_file("tryton"), Path(tryton_setup.__file__))
    return installed("tryton").parent.parent / f"{DATABASE}-{made_of}.sqlite"


def _template() -> Path:
    """The initialised database, made once for each lock file; those of other lock files are removed."""
    path = _template_path()
    with only_one("tryton-template"):
        if not path.exists():
            for old in path.parent.glob(f"{DATABASE}-*.sqlite"):
                old.unlink()
            Tryton(empty=True).initialise()
    return path


def _copy(source: Path, target: Path) -> None:
    """Copy a database with what its write-ahead log still holds; it appears whole or not at all."""
    growing = target.with_suffix(".growing")
    growing.unlink(missing_ok=True)
    with closing(sqlite3.connect(source)) as old, closing(sqlite3.connect(growing)) as new:
        old.backup(new)
    growing.rename(target)
