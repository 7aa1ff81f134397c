"""Serves localstripe on loopback only: ``python serve_localstripe.py PORT``, with the peer's Python.

Its own ``__main__`` binds all interfaces and keeps its store in one file for the whole machine, so
two runs would read each other's customers. Nothing else of it is changed.
"""

from __future__ import annotations

import sys

from aiohttp import web
from localstripe.resources import Store  # type: ignore[import-not-found] # only in the peer's environment
from localstripe.server import app  # type: ignore[import-not-found]

if __name__ == "__main__":
    Store.dump_to_disk = lambda _: None  # a fresh store for each run, in memory
    web.run_app(app, host="127.0.0.1", port=int(sys.argv[1]), print=None)
