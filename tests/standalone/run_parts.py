"""A supervisor of stand-in parts, as a program of its own: ``run_parts.py FOLDER PARTS``.

PARTS is JSON: stages of parts ``{"name", "code", …}``; the code is Python and may use ``folder``.
"""

from __future__ import annotations

import asyncio
import json
import sys
from functools import partial
from pathlib import Path
from typing import Any

from controlplane.standalone.parts import BackOff, Part, Stage
from controlplane.standalone.supervisor import Supervisor

OFTEN = BackOff(first=0.02, most=0.3, steady=30.0, tries=5)


def part(folder: Path, *, name: str, code: str, once: bool = False, **rest: Any) -> Part:
    """A part that runs Python code, and is ready when it has called ``ready()``."""
    start = (
        "import os, signal, subprocess, sys, time; from pathlib import Path\n"
        f"folder = Path({str(folder)!r}); ready = (folder / '{name}.ready').touch\n"
    )
    file = folder / f"{name}.ready"
    forget = partial(file.unlink, missing_ok=True)
    command = (sys.executable, "-c", start + code)
    return Part(name=name, command=command, prepare=forget, ready=None if once else file.exists, **rest)


def main(folder: Path, stages: list[dict[str, Any]]) -> int:
    """Run the stages until told to stop; the file ``all-ready`` appears once all are ready."""
    made = [Stage(tuple(part(folder, **one) for one in stage["parts"]), stage.get("grace", 1.0)) for stage in stages]
    supervisor = Supervisor(made, logs=folder, board=folder / "parts.json", back_off=OFTEN)
    return asyncio.run(supervisor.run((folder / "all-ready").touch))


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), json.loads(sys.argv[2])))
