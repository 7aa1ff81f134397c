"""Two people who do something at the same moment."""

from __future__ import annotations

import threading
from collections.abc import Callable

from django.db import connection


def at_once(*acts: Callable[[], object]) -> list[object]:
    """What comes of acts that begin at the same moment, each on a connection of its own; errors are results."""
    barrier, found = threading.Barrier(len(acts)), [None] * len(acts)

    def one(place: int, act: Callable[[], object]) -> None:
        barrier.wait()
        try:
            found[place] = act()  # type: ignore[call-overload]
        except Exception as error:  # noqa: BLE001 - is what the test looks at
            found[place] = error  # type: ignore[call-overload]
        finally:
            connection.close()

    threads = [threading.Thread(target=one, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return list(found)
