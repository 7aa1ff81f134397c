"""What the tests of credentials share: an empty cache, a secrets folder, and a vault that answers as told."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import unquote

import pytest

from controlplane.credentials import providers
from controlplane.credentials.providers import SecretUnavailable


@pytest.fixture(autouse=True)
def _nothing_kept() -> Iterator[None]:
    providers.forget()
    yield
    providers.forget()


@pytest.fixture
def folder(settings: Any, tmp_path: Path) -> Path:
    """The secrets folder."""
    settings.SECRETS_FOLDER = tmp_path / "secrets"
    settings.SECRETS_FOLDER.mkdir()
    return Path(settings.SECRETS_FOLDER)


def why_not(reference: str) -> SecretUnavailable:
    """Why the reference cannot be resolved; the error names it."""
    with pytest.raises(SecretUnavailable) as caught:
        providers.resolve(reference)
    assert caught.value.reference == reference
    assert str(caught.value).startswith(f"{reference}: ")
    return caught.value


@dataclass
class Vault:
    """Answers every question with ``status`` and ``body``, and remembers ``asked``: path and token."""

    url: str = ""
    status: int = 200
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    asked: list[tuple[str, str]] = field(default_factory=list)

    def holds(self, **fields: Any) -> None:
        """Answer as a key-value store, version 2, with these fields."""
        self.status, self.body = 200, {"data": {"data": fields, "metadata": {"version": 1}}}

    def refuses(self, status: int, *errors: str) -> None:
        """Answer with an error, as a vault words it."""
        self.status, self.body = status, {"errors": list(errors)}


@pytest.fixture
def vault(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Vault]:
    """A stub at VAULT_ADDR."""
    stub = Vault()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:  # the name is the library's
            stub.asked.append((unquote(self.path), self.headers.get("X-Vault-Token", "")))
            body = stub.body if isinstance(stub.body, bytes) else json.dumps(stub.body).encode()
            self.send_response(stub.status)
            for name, value in stub.headers.items():
                self.send_header(name, value)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """Nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    stub.url = f"http://127.0.0.1:{server.server_port}"
    settings.VAULT_ADDR = stub.url
    monkeypatch.delenv("VAULT_TOKEN_FILE", raising=False)
    monkeypatch.setenv("VAULT_TOKEN", "s.token-of-the-process")
    yield stub
    server.shutdown()
    server.server_close()
