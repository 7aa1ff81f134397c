"""Why a worker lets go of a run."""

from __future__ import annotations


class Fenced(Exception):
    """The run is not ours any more: the lease passed, or a person let go of it. Nothing was written."""
