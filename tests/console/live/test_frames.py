"""What a page may say at once over its socket: more than that is not even read, whoever sends it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from itertools import pairwise
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client
from pytest_django import Settings
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin

from controlplane.asgi import Application
from controlplane.console.live.consumers import NOT_UNDERSTOOD
from controlplane.foundation import collector
from controlplane.people import services
from controlplane.people.roles import Role
from controlplane.standalone.choices import PROJECT
from controlplane.standalone.installation import stages
from controlplane.standalone.places import places
from tests.deployment.dockerfiles import stages as stages_of_image
from tests.foundation.web_server import serving

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.allow_hosts(["127.0.0.1"])]

LARGEST = 16_384
TOO_BIG = 1009


def options(command: list[str]) -> dict[str, str]:
    """What a command says about sockets of pages, and who speaks HTTP."""
    return {name: value for name, value in pairwise(command) if name.startswith(("--ws", "--http"))}


def installed(folder: Path) -> dict[str, str]:
    """The same of the web server that an installation starts."""
    (web,) = (part for stage in stages(places(folder), 8460, {}) for part in stage.parts if part.name == "web")
    return options(list(web.command))


Opens = Callable[[], AbstractContextManager[ClientConnection]]


@pytest.fixture
def opens(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: Settings) -> Iterator[Opens]:
    """Opens a signed-in person's socket at a server with the installation's limits."""
    monkeypatch.setattr(collector, "settle", lambda: None)  # this process has other tests to run
    monkeypatch.setitem(connection.settings_dict, "CONN_MAX_AGE", 0)
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.ALLOWED_HOSTS = ["127.0.0.1"]
    client = Client()
    client.force_login(
        services.create_account("elif@example.test", "Elif Kaya", "correct horse battery", [(Role.SUPPORT, None)])
    )
    cookie = {"cookie": f"sessionid={client.cookies['sessionid'].value}"}
    said = installed(tmp_path)
    limits = {
        "ws_max_size": int(said["--ws-max-size"]),
        "ws_per_message_deflate": said["--ws-per-message-deflate"] == "true",
    }
    with serving(Application(), lifespan="on", **limits) as port:
        yield lambda: connect(
            f"ws://127.0.0.1:{port}/live/",
            additional_headers=cookie,
            origin=Origin(f"http://127.0.0.1:{port}"),
            proxy=None,
            compression=None,
        )


def ended(socket: ClientConnection) -> int | None:
    """The code with which the server closes it."""
    try:
        while True:
            socket.recv(timeout=20)
    except ConnectionClosed as closed:
        return closed.rcvd.code if closed.rcvd else None


def test_what_fits_is_read_and_what_is_larger_ends_the_socket(opens: Opens) -> None:
    with opens() as socket:
        socket.send("x" * LARGEST)
        assert ended(socket) == NOT_UNDERSTOOD  # the page's end of the conversation has read it
    with opens() as socket:
        socket.send("x" * (LARGEST + 1))
        assert ended(socket) == TOO_BIG


def test_a_frame_that_announces_a_gigabyte_ends_the_socket_before_any_of_it_has_come(opens: Opens) -> None:
    text, masked_long, mask = b"\x81", b"\xff", bytes(4)
    with opens() as socket:
        socket.socket.sendall(text + masked_long + (1024**3).to_bytes(8) + mask)
        assert ended(socket) == TOO_BIG


def test_every_way_of_starting_the_web_server_bounds_frames_alike(tmp_path: Path) -> None:
    here = installed(tmp_path)
    assert (here["--ws-max-size"], here["--ws-per-message-deflate"]) == (str(LARGEST), "false")

    (command,) = stages_of_image(PROJECT / "docker" / "Dockerfile")[-1].all("CMD")
    assert options(json.loads(command.rest)) == here

    page = (PROJECT / "docs" / "operations.md").read_text()
    (line,) = [one for one in page.splitlines() if "uvicorn controlplane.asgi:application" in one]
    assert options(line.split()) == here
