"""The fault proxy does what it says, or what is proved with it proves nothing."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.proxy import CLEAR, Door, Proxy, Weather
from tests.journeys.plant import wait

SHORT = 0.15


def echo(listening: socket.socket) -> None:
    """Give everybody back what they say."""

    def answer(peer: socket.socket) -> None:
        with peer:
            try:
                while heard := peer.recv(65536):
                    peer.sendall(heard)
            except OSError:
                return

    while True:
        try:
            peer, _ = listening.accept()
        except OSError:
            return
        threading.Thread(target=answer, args=(peer,), daemon=True).start()


@pytest.fixture
def proxy() -> Iterator[Proxy]:
    """A proxy before an echo."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        threading.Thread(target=echo, args=(listening,), daemon=True).start()
        with Proxy(listening.getsockname()[1]) as made:
            yield made
        listening.shutdown(socket.SHUT_RDWR)


@pytest.fixture
def client(proxy: Proxy) -> Iterator[socket.socket]:
    """Somebody who speaks with the echo through it, and does not wait for long."""
    with socket.create_connection(("127.0.0.1", proxy.port)) as made:
        made.settimeout(5)
        yield made


def heard(client: socket.socket, size: int) -> bytes:
    """So many bytes, or all until the end."""
    got = b""
    while len(got) < size and (part := client.recv(size - len(got))):
        got += part
    return got


def to_the_end(client: socket.socket) -> None:
    """Listen until the connection ends, one way or the other."""
    while client.recv(65536):
        pass


def silence(client: socket.socket) -> bool:
    """Whether nothing comes for a moment."""
    client.settimeout(SHORT)
    try:
        return client.recv(1) == b"something or the end"
    except TimeoutError:
        return True
    finally:
        client.settimeout(5)


def test_in_clear_weather_everything_gets_through(proxy: Proxy, client: socket.socket) -> None:
    said = bytes(range(256)) * 4000
    threading.Thread(target=client.sendall, args=(said,)).start()
    assert heard(client, len(said)) == said
    # The client has it before the proxy has counted it.
    wait(lambda: proxy.carried == (len(said), len(said)), "both directions are counted")
    assert (proxy.accepted, proxy.open) == (1, 1)


def test_the_end_of_one_direction_is_passed_on(proxy: Proxy, client: socket.socket) -> None:
    client.sendall(b"last words")
    client.shutdown(socket.SHUT_WR)
    assert heard(client, 100) == b"last words"


def test_latency_delays_each_piece(proxy: Proxy, client: socket.socket) -> None:
    proxy.to_server = Weather(latency=SHORT)
    began = time.monotonic()
    client.sendall(b"x")
    assert heard(client, 1) == b"x"
    assert time.monotonic() - began >= SHORT


def test_a_dribble_is_so_many_bytes_a_second(proxy: Proxy, client: socket.socket) -> None:
    proxy.to_client = Weather(bytes_per_second=100)
    began = time.monotonic()
    client.sendall(b"x" * 20)
    assert heard(client, 20) == b"x" * 20
    assert 0.19 <= time.monotonic() - began < 10


def test_a_black_hole_keeps_everything_until_the_weather_changes(proxy: Proxy, client: socket.socket) -> None:
    proxy.to_server = Weather(holds=True)
    client.sendall(b"are you there?")
    assert silence(client)
    assert proxy.carried == (0, 0)
    proxy.to_server = CLEAR
    assert heard(client, 14) == b"are you there?"


def test_corruption_turns_every_so_many_th_byte_over(proxy: Proxy, client: socket.socket) -> None:
    proxy.to_client = Weather(corrupt_every=4)
    client.sendall(b"\x00" * 5)
    assert heard(client, 5) == b"\x00\x00\x00\xff\x00"
    client.sendall(b"\x00" * 3)  # counted on from there
    assert heard(client, 3) == b"\x00\x00\xff"


def test_a_cut_lets_so_many_bytes_through_and_then_resets(proxy: Proxy, client: socket.socket) -> None:
    proxy.to_server = Weather(cut_after=3)
    client.sendall(b"abcdef")
    with pytest.raises(ConnectionResetError):
        to_the_end(client)
    assert proxy.carried[0] == 3


def test_a_polite_cut_ends_as_if_all_had_been_said(proxy: Proxy, client: socket.socket) -> None:
    proxy.to_client = Weather(cut_after=3, politely=True)
    client.sendall(b"abcdef")
    assert heard(client, 6) == b"abc"


def test_a_reset_strikes_the_connections_there_are_and_no_later_one(proxy: Proxy, client: socket.socket) -> None:
    client.sendall(b"x")
    heard(client, 1)
    proxy.reset()
    with pytest.raises(ConnectionResetError):
        client.recv(1)
    with socket.create_connection(("127.0.0.1", proxy.port)) as later:
        later.sendall(b"y")
        assert heard(later, 1) == b"y"


def test_hanging_up_is_a_good_bye(proxy: Proxy, client: socket.socket) -> None:
    client.sendall(b"x")
    heard(client, 1)
    proxy.hang_up()
    assert client.recv(1) == b""


def test_half_open_means_that_the_client_is_told_nothing(proxy: Proxy, client: socket.socket) -> None:
    client.sendall(b"x")
    heard(client, 1)
    proxy.half_open()
    client.sendall(b"still there?")
    assert silence(client)
    assert proxy.carried[1] == 1


@pytest.mark.parametrize("door", [Door.SILENT, Door.SLAMMED])
def test_a_door_that_does_not_open(proxy: Proxy, door: Door) -> None:
    proxy.door = door
    with socket.create_connection(("127.0.0.1", proxy.port)) as client:
        if door is Door.SILENT:
            client.sendall(b"x")
            assert silence(client)
        else:
            with pytest.raises(ConnectionResetError):
                to_the_end(client)


def test_a_server_on_a_unix_socket_is_reached_too(tmp_path: Path) -> None:
    path = str(tmp_path / "s")
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(path)
        listening.listen()
        threading.Thread(target=echo, args=(listening,), daemon=True).start()
        with Proxy(path=path) as proxy, socket.create_connection(("127.0.0.1", proxy.port)) as client:
            client.sendall(b"x")
            assert heard(client, 1) == b"x"
        listening.shutdown(socket.SHUT_RDWR)


def test_a_proxy_before_nobody_resets(proxy: Proxy) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        with (
            Proxy(nobody.getsockname()[1]) as lonely,
            socket.create_connection(("127.0.0.1", lonely.port)) as client,
            pytest.raises(ConnectionResetError),
        ):
            to_the_end(client)
