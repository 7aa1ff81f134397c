"""``python -m tests.load NAME SIZE``: a bench, in the environment that ``harness.run`` made."""

from __future__ import annotations

import sys

from tests.load import harness

harness.main(sys.argv[1], harness.Size(sys.argv[2]))
