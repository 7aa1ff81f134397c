"""What the supervisor runs: one process a part, and the states it goes through."""

from __future__ import annotations

import signal
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from controlplane.standalone.identity import Identity


class State(StrEnum):
    """Where a part stands."""

    WAITING = "waiting"
    STARTING = "starting"
    READY = "ready"
    RESTARTING = "restarting"
    FAILING = "failing"
    DONE = "done"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class Part:
    """One process of the installation.

    ``prepare`` runs before each start and ``ready`` is asked until it says yes; both run in a thread,
    and ``ready`` may take two seconds. A part without ``ready`` runs once: it has to end with exit code 0,
    and is done then. The start waits for an ``essential`` part, and is given up when that keeps failing;
    for another one it waits ``ready_within`` seconds and goes on without.
    """

    name: str
    command: tuple[str, ...]
    prepare: Callable[[], None] | None = None
    ready: Callable[[], bool] | None = None
    ready_within: float = 60
    environment: Mapping[str, str] = field(default_factory=dict)
    identity: Identity = Identity.OWN
    essential: bool = False
    stop_signal: signal.Signals = signal.SIGTERM
    death_signal: signal.Signals = signal.SIGKILL

    @property
    def once(self) -> bool:
        """Whether it is to end by itself."""
        return self.ready is None


@dataclass(frozen=True, slots=True)
class Stage:
    """Parts that start together once the stage before is ready; they stop together, ``grace`` seconds at most."""

    parts: tuple[Part, ...]
    grace: float = 3.0


@dataclass(frozen=True, slots=True)
class BackOff:
    """When to start a part again that ended by itself. All times are in seconds.

    The pause doubles from ``first`` to ``most``. A part that ran for ``steady`` begins anew; one that
    did not, ``tries`` times in a row, is failing: that is reported, and tried on at ``most``.
    """

    first: float = 0.2
    most: float = 30.0
    steady: float = 10.0
    tries: int = 5

    def pause(self, failures: int) -> float:
        """The pause after so many quick ends in a row (1 or more)."""
        return self.most if failures >= self.tries else min(self.most, self.first * 2 ** (failures - 1))
