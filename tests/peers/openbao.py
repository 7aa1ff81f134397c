"""OpenBao: the vault, a real server with its storage in memory, initialised and opened through its own API.

What it answers, as seen in 2.7: 404 without errors for a secret that does not exist, 404 with its metadata for a
deleted version, 403 for a token that it does not know as for one that may not read, 503 while it is sealed.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Self
from urllib.parse import quote

from tests.peers.calling import call
from tests.peers.installing import installed
from tests.peers.peer import Peer

MOUNT = "kv"


class Openbao(Peer):
    """An opened vault with one key-value store (version 2) at ``kv/``; ``stop`` forgets all that was in it."""

    name = "openbao"

    def __init__(self) -> None:
        super().__init__()
        self._key = ""
        self.root_token = ""
        (self.folder / "bao.json").write_text(json.dumps(_configuration(self.port)))

    def command(self) -> list[str]:
        """``bao`` becomes the server itself."""
        return [str(installed(self.name) / "bao"), "server", "-config", str(self.folder / "bao.json")]

    def start(self) -> Self:
        """Started, initialised and opened."""
        if not self.running:
            super().start()
            made = call(self.port, "PUT", "/v1/sys/init", document={"secret_shares": 1, "secret_threshold": 1})
            self._key, self.root_token = made["keys"][0], made["root_token"]
            self.unseal()
            self.api("POST", f"/v1/sys/mounts/{MOUNT}", {"type": "kv", "options": {"version": "2"}})
        return self

    def api(self, method: str, path: str, document: Any = None) -> Any:
        """One call as root."""
        return call(self.port, method, path, headers={"X-Vault-Token": self.root_token}, document=document)

    def seal(self) -> None:
        """Close it: it answers 503 until :meth:`unseal`."""
        self.api("PUT", "/v1/sys/seal")

    def unseal(self) -> None:
        """Open it."""
        call(self.port, "PUT", "/v1/sys/unseal", document={"key": self._key})

    def put(self, path: str, fields: Mapping[str, Any]) -> int:
        """A new version of a secret; gives its number."""
        return int(self.api("POST", f"/v1/{MOUNT}/data/{quote(path)}", {"data": dict(fields)})["data"]["version"])

    def delete(self, path: str) -> None:
        """Delete the newest version."""
        self.api("DELETE", f"/v1/{MOUNT}/data/{path}")

    def token(self, path: str, *, capability: str = "read") -> str:
        """A token that may do that to one path and nothing else."""
        policy = json.dumps({"path": {path: {"capabilities": [capability]}}})
        name = f"only-{capability}-{path.replace('/', '-')}"
        self.api("PUT", f"/v1/sys/policies/acl/{name}", {"policy": policy})
        made = self.api("POST", "/v1/auth/token/create", {"policies": [name], "no_default_policy": True})
        return str(made["auth"]["client_token"])

    def revoke(self, token: str) -> None:
        """End a token's life."""
        self.api("POST", "/v1/auth/token/revoke", {"token": token})


def _configuration(port: int) -> dict[str, Any]:
    return {
        "storage": {"inmem": {}},
        "listener": [{"tcp": {"address": f"127.0.0.1:{port}", "tls_disable": True}}],
        "api_addr": f"http://127.0.0.1:{port}",
        "disable_clustering": True,
    }
