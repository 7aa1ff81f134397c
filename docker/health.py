"""Whether this container's process does its work: ``python docker/health.py web|ingress|worker``. Exit code 0 or 1.

``web`` has to say that it is ready; ``ingress`` has to answer at all (405: it takes only POST), because one that cannot
reach its database answers senders with 503 by itself; ``worker`` has to have begun to carry.
"""

from __future__ import annotations

import http.client
import os
import sys
from pathlib import Path

PORT = 8460
SECONDS = 4
OK, METHOD_NOT_ALLOWED = 200, 405


def status(path: str) -> int:
    """The status of a GET, asked by the first name that the server answers to."""
    connection = http.client.HTTPConnection("127.0.0.1", PORT, timeout=SECONDS)
    host = os.environ.get("INTERLOCK_HOSTS", "127.0.0.1").split(",")[0].strip()
    try:
        connection.request("GET", path, headers={"Host": host, "X-Forwarded-Proto": "https"})
        return connection.getresponse().status
    finally:
        connection.close()


def healthy(role: str) -> bool:
    """Whether it is."""
    if role == "worker":
        return Path(os.environ["INTERLOCK_READY_FILE"]).exists()
    try:
        return status("/health/ready") == OK if role == "web" else status("/in/") == METHOD_NOT_ALLOWED
    except (OSError, http.client.HTTPException):
        return False


if __name__ == "__main__":
    sys.exit(0 if healthy(sys.argv[1]) else 1)
