"""Connectors: how the control plane speaks with the systems it integrates.

Nothing here imports Django or ``controlplane``: a connector is given its settings, its credential,
its clock and its transport, and gives back plain messages (:mod:`connectors.messages`) or an error
that says what to do (:mod:`connectors.errors`).
"""

from __future__ import annotations

#: The product's version, as systems see it in our User-Agent; the same as in ``pyproject.toml``.
__version__ = "0.1.0"
