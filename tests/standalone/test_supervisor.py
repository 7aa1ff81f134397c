"""The parts start in order, are helped up when they fall, and leave nothing behind."""

from __future__ import annotations

import os
import signal
import time
from typing import Any

import pytest

from controlplane.standalone.parts import BackOff
from tests.standalone.conftest import Stack, Start
from tests.standalone.waiting import until

STAYS = "ready(); time.sleep(600)"
NOTES_ITS_END = """
def leave(*_):
    with (folder / "ends").open("a") as ends: ends.write(NAME + " ")
    sys.exit(0)
signal.signal(signal.SIGTERM, leave)
ready()
time.sleep(600)
"""
WITH_A_CHILD = "subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)']); ready(); time.sleep(600)"


def part(name: str, code: str = STAYS, **rest: Any) -> dict[str, Any]:
    return {"name": name, "code": code.replace("NAME", repr(name)), **rest}


def state(stack: Stack, name: str) -> str:
    return str(stack.part(name)["state"])


def test_a_stage_starts_only_when_the_one_before_is_ready(start: Start) -> None:
    slow = "Path(folder / 'go').touch()\nwhile not (folder / 'let').exists(): time.sleep(.01)\n" + STAYS
    stack = start([part("first", slow)], [part("second", "(folder / 'second-ran').touch();" + STAYS)])
    until((stack.folder / "go").exists)
    assert [state(stack, "first"), state(stack, "second")] == ["starting", "waiting"]
    assert not (stack.folder / "second-ran").exists()
    (stack.folder / "let").touch()
    stack.ready()
    assert [state(stack, "first"), state(stack, "second")] == ["ready", "ready"]


def test_a_part_that_runs_once_is_waited_for(start: Start) -> None:
    stack = start(
        [part("once", "(folder / 'ran').touch()", once=True)], [part("after", "(folder / 'ran').stat();" + STAYS)]
    )
    stack.ready()
    assert [state(stack, "once"), state(stack, "after")] == ["done", "ready"]
    assert stack.part("after")["restarts"] == 0


def test_a_killed_part_comes_back(start: Start) -> None:
    stack = start([part("one"), part("other")])
    stack.ready()
    before, other = stack.part("one")["pid"], stack.part("other")["pid"]
    os.kill(before, signal.SIGKILL)
    until(lambda: stack.part("one")["pid"] not in {before, None} and state(stack, "one") == "ready")
    assert stack.part("one")["restarts"] == 1
    assert stack.part("other") == {"name": "other", "state": "ready", "pid": other, "restarts": 0}
    assert "one was killed by SIGKILL; starting it again in 0.02 s." in stack.words()


def test_what_a_crashed_part_started_ends_before_it_starts_again(start: Start) -> None:
    stack = start([part("one", WITH_A_CHILD)])
    stack.ready()
    before = set(stack.processes())
    assert len(before) == 3  # the supervisor, the part and its child
    os.kill(stack.part("one")["pid"], signal.SIGKILL)
    until(lambda: stack.part("one")["restarts"] == 1 and state(stack, "one") == "ready")
    assert before & set(stack.processes()) == {stack.process.pid}


def test_a_part_that_fails_five_times_is_reported_and_the_rest_remains(start: Start) -> None:
    stack = start([part("good"), part("bad", "print('no such table'); sys.exit(3)")])
    stack.ready()
    assert [state(stack, "good"), state(stack, "bad")] == ["ready", "failing"]
    assert "bad ended with exit code 3, 5 times in a row. The rest is not touched." in stack.words()
    assert f"Its last words ({stack.folder / 'bad.log'}):\n    no such table" in stack.words()


def test_a_failing_part_recovers_once_its_cause_is_mended(start: Start) -> None:
    stack = start([part("bad", "(folder / 'mended').stat();" + STAYS)])
    until(lambda: state(stack, "bad") == "failing")
    (stack.folder / "mended").touch()
    until(lambda: state(stack, "bad") == "ready")


def test_without_an_essential_part_the_start_is_given_up(start: Start) -> None:
    stack = start([part("database", "sys.exit(1)", essential=True)], [part("web")])
    assert stack.process.wait(10) == 1
    assert "Interlock cannot run without database; stopping. Data is kept." in stack.words()
    assert state(stack, "web") == "stopped" or state(stack, "web") == "waiting"
    assert stack.words("web") == ""


def test_the_start_goes_on_without_a_slow_part_which_is_left_alone(start: Start) -> None:
    slow = "print('thinking'); sys.stdout.flush()\nwhile not (folder / 'go').exists(): time.sleep(.01)\n" + STAYS
    stack = start([part("slow", slow, ready_within=0.3)], [part("next")])
    stack.ready()
    assert [state(stack, "slow"), state(stack, "next")] == ["starting", "ready"]
    assert "slow is not ready after 0.3 s; it is left alone. Its last words" in stack.words()
    (stack.folder / "go").touch()
    until(lambda: state(stack, "slow") == "ready")
    assert stack.part("slow")["restarts"] == 0


def test_the_start_waits_for_an_essential_part_however_slow(start: Start) -> None:
    slow = "while not (folder / 'go').exists(): time.sleep(.01)\n" + STAYS
    stack = start([part("database", slow, ready_within=0.1, essential=True)], [part("next")])
    until(lambda: "database is not ready after 0.1 s; it is left alone." in stack.words())
    assert [state(stack, "database"), state(stack, "next")] == ["starting", "waiting"]
    (stack.folder / "go").touch()
    stack.ready()


def test_stages_stop_in_reverse_order(start: Start) -> None:
    stack = start([part("database", NOTES_ITS_END)], [part("web", NOTES_ITS_END)])
    stack.ready()
    stack.process.terminate()
    assert stack.process.wait(5) == 0
    assert (stack.folder / "ends").read_text() == "web database "
    assert not stack.processes()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_every_way_to_ask_for_a_stop_stops_all(start: Start, number: signal.Signals) -> None:
    stack = start([part("one", WITH_A_CHILD)])
    stack.ready()
    stack.process.send_signal(number)
    assert stack.process.wait(5) == 0
    assert not stack.processes()


def test_who_does_not_stop_when_asked_is_killed_within_the_grace(start: Start) -> None:
    deaf = "signal.signal(signal.SIGTERM, signal.SIG_IGN);" + WITH_A_CHILD
    stack = start([part("first", deaf)], [part("second", deaf)], grace=0.5)
    stack.ready()
    began = time.monotonic()
    stack.process.terminate()
    assert stack.process.wait(5) == 0
    assert 1.0 <= time.monotonic() - began < 3.0
    assert not stack.processes()
    assert "first did not stop within 0.5 s; killed." in stack.words()


def test_a_stop_during_the_start_is_obeyed(start: Start) -> None:
    stack = start([part("slow", "(folder / 'begun').touch(); time.sleep(600)")], [part("after")])
    until((stack.folder / "begun").exists)
    stack.process.terminate()
    assert stack.process.wait(5) == 0
    assert stack.words("after") == ""
    assert not stack.processes()


def test_a_stop_during_the_pause_before_another_try_is_obeyed_at_once(start: Start) -> None:
    stack = start([part("bad", "sys.exit(1)")])
    until(lambda: state(stack, "bad") == "failing")
    stack.process.terminate()
    assert stack.process.wait(5) == 0


def test_kill_9_of_the_supervisor_leaves_no_part(start: Start) -> None:
    deaf = "signal.signal(signal.SIGTERM, signal.SIG_IGN);" + STAYS
    stack = start([part("first", deaf)], [part("second", deaf), part("third")])
    stack.ready()
    assert len(stack.processes()) == 4
    stack.process.kill()
    stack.process.wait()
    until(lambda: not stack.processes(), within=2)


def test_kill_9_during_the_start_leaves_no_part(start: Start) -> None:
    stack = start([part(f"part{number}", "time.sleep(600)") for number in range(8)])
    until(lambda: len(stack.processes()) > 1)  # some are still being spawned
    stack.process.kill()
    stack.process.wait()
    until(lambda: not stack.processes(), within=2)


def test_long_and_broken_lines_of_a_part_are_kept(start: Start) -> None:
    says = "sys.stdout.buffer.write(b'x' * 200_000 + b'\\n' + b'caf\\xe9 100%\\n'); sys.stdout.flush();"
    stack = start([part("loud", says + STAYS)])
    stack.ready()
    until(lambda: "100%" in stack.words("loud"))
    assert stack.words("loud").count("x") == 200_000
    assert stack.words("loud").endswith("caf\N{REPLACEMENT CHARACTER} 100%\n")


def test_a_terminal_that_stops_reading_holds_nothing_up(start: Start) -> None:
    reading, writing = os.pipe()
    says = "print(('x' * 99 + '\\n') * 10_000 + 'the end', flush=True);"
    stack = start([part("loud", says + STAYS)], terminal=writing)
    os.close(writing)
    stack.ready()
    until(lambda: stack.words("loud").endswith("the end\n"))
    stack.process.terminate()
    assert stack.process.wait(5) == 0
    assert not stack.processes()
    os.close(reading)


@pytest.mark.parametrize(("failures", "pause"), [(1, 0.2), (2, 0.4), (3, 0.8), (4, 1.6), (5, 30.0), (50, 30.0)])
def test_the_pause_doubles_until_the_part_counts_as_failing(failures: int, pause: float) -> None:
    assert BackOff().pause(failures) == pytest.approx(pause)
