"""The rig keeps its promises: nothing is left behind, and a peer comes back where it was."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import psutil
import pytest

from tests.peers.rig import Localstripe, Openbao, Peer, PeerUnavailableError, Tryton

pytestmark = pytest.mark.peers
ROOT = Path(__file__).parent.parent.parent


def gone(process: int, seconds: float = 5.0) -> bool:
    """Whether the process ends within that time."""
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        if not psutil.pid_exists(process) or psutil.Process(process).status() == psutil.STATUS_ZOMBIE:
            return True
        time.sleep(0.02)
    return False


def test_a_closed_peer_leaves_neither_process_nor_folder() -> None:
    with Localstripe() as peer:
        process = peer.process_id
        assert peer.answers()

    assert gone(process)
    assert not peer.folder.exists()
    assert not peer.answers()


def test_a_peer_dies_with_a_killed_test_run() -> None:
    script = """
        import time
        from tests.peers.rig import Localstripe
        peer = Localstripe().start()
        print(peer.process_id, flush=True)
        time.sleep(60)
    """
    command = [sys.executable, "-c", textwrap.dedent(script)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE) as run:  # noqa: S603 - a run of our own
        assert run.stdout is not None
        process = int(run.stdout.readline())
        os.kill(run.pid, signal.SIGKILL)

    assert gone(process)


def test_a_peer_listens_on_loopback_only(localstripe: Localstripe, openbao: Openbao, tryton: Tryton) -> None:
    for peer in (localstripe, openbao, tryton):
        listening = [one for one in psutil.Process(peer.process_id).net_connections() if one.status == "LISTEN"]
        assert [one.laddr for one in listening] == [("127.0.0.1", peer.port)]


def test_a_stopped_tryton_comes_back_at_the_same_port_with_what_it_had(tryton: Tryton) -> None:
    port, party = tryton.port, tryton.party("Kept Over Night")

    tryton.stop()
    assert not tryton.running
    tryton.start()

    assert tryton.port == port
    assert [found["name"] for found in tryton.parties(["id", "=", party])] == ["Kept Over Night"]


def test_a_peer_that_ends_at_once_says_what_it_said() -> None:
    class Broken(Peer):
        name = "broken"

        def command(self) -> list[str]:
            return [sys.executable, "-c", "raise SystemExit('no licence for you')"]

    with pytest.raises(PeerUnavailableError, match="no licence for you"), Broken():
        pass
