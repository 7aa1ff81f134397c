"""Starts the parts stage by stage, keeps them running, and stops them in reverse.

Like a stage manager: nobody enters before those they depend on are in place, whoever stumbles is
helped up with growing patience, and at the end they leave in reverse order. Each part is tied to this
process (``tether.py``), so that nothing outlives even a ``kill -9``.
"""

from __future__ import annotations

import asyncio
import json
import signal
from collections.abc import Callable, Sequence
from pathlib import Path

from controlplane.standalone.keeper import Keeper
from controlplane.standalone.logbook import Logbook, Terminal
from controlplane.standalone.parts import BackOff, Part, Stage, State

STOP_SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
NAME = "supervisor"


class Supervisor:
    """The parts of one installation. ``logs`` is a folder; ``board`` is a file for ``status``."""

    def __init__(
        self,
        stages: Sequence[Stage],
        *,
        logs: Path,
        board: Path,
        terminal: Terminal | None = None,
        back_off: BackOff | None = None,
    ) -> None:
        self.terminal = terminal = terminal or Terminal()
        self._own = Logbook(NAME, logs, terminal)
        self._board = board
        self._stop_asked = asyncio.Event()
        back_off = back_off or BackOff()

        def keeper(part: Part) -> Keeper:
            return Keeper(part, Logbook(part.name, logs, terminal), self.say, self._post, back_off)

        self._stages = [(stage, [keeper(part) for part in stage.parts]) for stage in stages]

    @property
    def keepers(self) -> list[Keeper]:
        """All keepers, in the order of starting."""
        return [keeper for _, keepers in self._stages for keeper in keepers]

    def say(self, words: str) -> None:
        """Tell whoever watches, and keep it."""
        for line in words.splitlines():
            self._own.write(line)

    async def run(self, when_ready: Callable[[], None]) -> int:
        """Run until a signal asks to stop; 0, or 1 when an essential part could not be started."""
        self._post()
        loop = asyncio.get_running_loop()
        for number in STOP_SIGNALS:
            loop.add_signal_handler(number, self._stop_asked.set)
        try:
            started = await self._start()
            if started and not self._stop_asked.is_set():
                when_ready()
            if started:
                await self._stop_asked.wait()
            return 0 if started else 1
        finally:
            await self._stop()

    async def _start(self) -> bool:
        """Start stage by stage; False when an essential part keeps failing. A stop ends it early."""
        for _, keepers in self._stages:
            for keeper in keepers:
                keeper.start()
            await self._settled(keepers)
            if self._stop_asked.is_set():
                return True
            missing = [
                keeper.part.name for keeper in keepers if keeper.part.essential and keeper.state is State.FAILING
            ]
            if missing:
                self.say(f"Interlock cannot run without {' and '.join(missing)}; stopping. Data is kept.")
                return False
        return True

    async def _settled(self, keepers: list[Keeper]) -> None:
        """Wait until every one is ready, done or failing, or a stop is asked for."""
        stopping = asyncio.create_task(self._stop_asked.wait())
        waiting = {asyncio.create_task(keeper.settled.wait()) for keeper in keepers}
        while waiting and not stopping.done():
            await asyncio.wait({stopping, *waiting}, return_when=asyncio.FIRST_COMPLETED)
            waiting = {task for task in waiting if not task.done()}
        for task in (stopping, *waiting):
            task.cancel()

    async def _stop(self) -> None:
        self.say("Stopping.")
        for stage, keepers in reversed(self._stages):
            await asyncio.gather(*(keeper.stop(within=stage.grace) for keeper in keepers))
        self.say("Stopped. Data is kept.")
        for logbook in [self._own, *(keeper.logbook for keeper in self.keepers)]:
            logbook.close()
        self.terminal.close()

    def _post(self) -> None:
        """Write the board anew; a reader sees the old one or the new one, never half of one."""
        parts = [
            {"name": keeper.part.name, "state": keeper.state, "pid": keeper.pid, "restarts": keeper.restarts}
            for keeper in self.keepers
        ]
        fresh = self._board.with_suffix(".new")
        try:
            fresh.write_text(json.dumps(parts))
            fresh.replace(self._board)
        except OSError as error:
            self.say(f"The state of the parts could not be written to {self._board}: {error}")
