"""What an operator chooses for the one-machine runtime, read without Django."""

from __future__ import annotations

from pathlib import Path

from controlplane.configuration import setting, words
from controlplane.standalone.places import Places, places

PROJECT = Path(__file__).resolve().parents[2]
FIRST_FREE_PORT = 1024
FIRST_EPHEMERAL_PORT = 32768


def port(raw: str) -> int:
    """A port that an ordinary user may open and that no outgoing connection is given by the kernel."""
    number = int(raw)
    if not FIRST_FREE_PORT <= number < FIRST_EPHEMERAL_PORT:
        message = f"expected a port from {FIRST_FREE_PORT} to {FIRST_EPHEMERAL_PORT - 1}"
        raise ValueError(message)
    return number


def web_port() -> int:
    """The port of the web server."""
    return setting("INTERLOCK_PORT", "8460", port, "port of the one-machine runtime's web server, on 127.0.0.1")


def chosen_places() -> Places:
    """The folders of this installation."""
    return places(setting("INTERLOCK_VAR", str(PROJECT / "var"), Path, "folder of data, sockets and logs"))


def hosts() -> list[str]:
    """The host names that the web server answers to; the supervisor asks by the first."""
    return setting("INTERLOCK_HOSTS", "127.0.0.1,localhost,[::1]", words, "host names that may be asked for")


def sandbox_wanted() -> bool:
    """Whether a new installation on this machine begins with the sandbox."""
    choice = setting(
        "INTERLOCK_SANDBOX", "on", str, "whether the one-machine runtime begins with the sandbox company: on or off"
    )
    return choice.lower() not in {"off", "no", "false", "0"}
