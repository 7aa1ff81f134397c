"""Keeps one part running: starts it, asks until it is ready, starts it again when it ends by itself."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
from collections.abc import Callable

from controlplane.standalone.identity import tethered
from controlplane.standalone.logbook import Logbook
from controlplane.standalone.parts import BackOff, Part, State

FIRST_POLL_SECONDS = 0.05
POLL_GROWTH = 1.05
LAST_POLL_SECONDS = 1.0


def in_words(code: int) -> str:
    """An exit code as people say it."""
    if code < 0:
        return f"was killed by {signal.Signals(-code).name}"
    return f"ended with exit code {code}"


class Keeper:
    """One part, its process and its state. ``changed`` is called at every change of state."""

    def __init__(
        self, part: Part, logbook: Logbook, say: Callable[[str], None], changed: Callable[[], None], back_off: BackOff
    ) -> None:
        self.part = part
        self.logbook = logbook
        self.state = State.WAITING
        self.restarts = 0
        self.settled = asyncio.Event()
        self._say = say
        self._changed = changed
        self._back_off = back_off
        self._quick_ends = 0
        self._process: asyncio.subprocess.Process | None = None
        self._stop_asked = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    @property
    def pid(self) -> int | None:
        """The process, while there is one."""
        return self._process.pid if self._process else None

    def start(self) -> None:
        """Begin to keep the part running; ``settled`` tells when it is ready, done, or failing."""
        self._task = asyncio.create_task(self._keep(), name=self.part.name)

    async def stop(self, *, within: float) -> None:
        """End the part: asked first, killed with its whole process group after ``within`` seconds."""
        self._stop_asked.set()
        if self._task is None:
            return
        self._signal(self.part.stop_signal)
        await asyncio.wait({self._task}, timeout=within)
        if not self._task.done():
            self._say(f"{self.part.name} did not stop within {within:g} s; killed.")
            self._kill_group()
        await self._task

    async def _keep(self) -> None:
        while not self._stop_asked.is_set():
            began = asyncio.get_running_loop().time()
            problem = await self._run_once()
            if self._stop_asked.is_set():
                break
            if problem is None:
                self._enter(State.DONE)
                return
            ran = asyncio.get_running_loop().time() - began
            self._quick_ends = 1 if ran >= self._back_off.steady else self._quick_ends + 1
            if self._quick_ends >= self._back_off.tries and self.part.once:
                self._report_failing(problem, then="")
                return
            await self._pause(problem)
        self._enter(State.STOPPED)

    async def _run_once(self) -> str | None:
        """Run the process to its end; None when that is what it was for, otherwise what happened."""
        self._enter(State.STARTING)
        try:
            if self.part.prepare:
                await asyncio.to_thread(self.part.prepare)
            if self._stop_asked.is_set():
                return None
            process, following = await self._spawn()
        except Exception as error:  # noqa: BLE001 - whatever prevents the start is reported and tried again
            self.logbook.write(str(error))
            return "could not be started"
        code = await self._watch(process)
        self._kill_group()  # what it may have left behind
        # A grandchild may hold the pipe open for a moment after a kill; its words are not waited for.
        await asyncio.wait({following}, timeout=0.2)
        following.cancel()
        self._process = None
        return None if self.part.once and code == 0 else in_words(code)

    async def _spawn(self) -> tuple[asyncio.subprocess.Process, asyncio.Task[None]]:
        """Start the process; returns it, and the task that reads what it says."""
        reading, writing = os.pipe()
        command = tethered(list(self.part.command), identity=self.part.identity, death_signal=self.part.death_signal)
        try:
            process = self._process = await asyncio.create_subprocess_exec(
                *command,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=writing,
                stderr=writing,
                env={**os.environ, **self.part.environment},
                start_new_session=True,
            )
        except OSError:
            os.close(reading)
            raise
        finally:
            os.close(writing)
        return process, asyncio.create_task(self.logbook.follow(reading))

    async def _watch(self, process: asyncio.subprocess.Process) -> int:
        """Wait until the process is ready and then until it has ended; returns its exit code."""
        ended = asyncio.create_task(process.wait())
        ready = asyncio.create_task(self._until_ready())
        if self._stop_asked.is_set():  # asked while it was being spawned: the signal met no process
            self._signal(self.part.stop_signal)
        patience = None if self.part.once else self.part.ready_within
        await asyncio.wait({ended, ready}, timeout=patience, return_when=asyncio.FIRST_COMPLETED)
        if not ended.done() and not ready.done() and not self._stop_asked.is_set():
            self._report_slow()
            await asyncio.wait({ended, ready}, return_when=asyncio.FIRST_COMPLETED)
        if ready.done() and not ended.done():
            self._enter(State.READY)
        code = await ended
        ready.cancel()
        return code

    async def _until_ready(self) -> None:
        """Ask often at first, then ever less: a part that needs long has better things to do than to answer."""
        pause = FIRST_POLL_SECONDS
        while not await asyncio.to_thread(self._says_yes):
            await asyncio.sleep(pause)
            pause = min(pause * POLL_GROWTH, LAST_POLL_SECONDS)

    def _says_yes(self) -> bool:
        try:
            return self.part.ready is not None and self.part.ready()
        except OSError:
            return False

    async def _pause(self, problem: str) -> None:
        """Say what happened and wait before the next try; being stopped ends the wait."""
        pause = self._back_off.pause(self._quick_ends)
        if self._quick_ends == self._back_off.tries:
            self._report_failing(problem, then=f" It is tried again every {pause:g} s.")
        elif self.state is not State.FAILING:
            self._enter(State.RESTARTING)
            self._say(f"{self.part.name} {problem}; starting it again in {pause:g} s.")
        self.restarts += 1
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._stop_asked.wait(), pause)

    def _report_slow(self) -> None:
        """Killing would make it worse: a database that replays its log would begin anew, for ever."""
        self._say(
            f"{self.part.name} is not ready after {self.part.ready_within:g} s; it is left alone.{self._last_words()}"
        )
        if not self.part.essential:
            self.settled.set()

    def _last_words(self) -> str:
        lines = "".join(f"\n    {line}" for line in self.logbook.last)
        return f" Its last words ({self.logbook.path}):{lines}"

    def _report_failing(self, problem: str, *, then: str) -> None:
        self._enter(State.FAILING)
        self._say(
            f"{self.part.name} {problem}, {self._quick_ends} times in a row. The rest is not touched.{then}"
            f"{self._last_words()}"
        )

    def _enter(self, state: State) -> None:
        # A failing part that is tried again stays failing until it is ready.
        if not (self.state is State.FAILING and state is State.STARTING):
            self.state = state
        if self.state in {State.READY, State.DONE, State.FAILING}:
            self.settled.set()
        self._changed()

    def _signal(self, number: signal.Signals) -> None:
        if self._process is not None:
            with contextlib.suppress(ProcessLookupError):
                self._process.send_signal(number)

    def _kill_group(self) -> None:
        if self._process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
