"""What happens while somebody waits for a lock."""

from __future__ import annotations

from collections.abc import Callable

from controlplane.foundation.database import connect

_WAITING = "select from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()"


def until_somebody_waits(unless: Callable[[], bool] = lambda: False) -> None:
    """Until a statement waits for a lock that somebody holds; ``unless`` says that nobody will any more."""
    with connect() as watcher:
        while watcher.execute(_WAITING).fetchone() is None:
            assert not unless(), "it waited for nothing"
