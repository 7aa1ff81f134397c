"""``python -m tests.load.comparing``: two descriptions of two megabytes compared; prints seconds and megabytes."""

from __future__ import annotations

import copy
import json
import resource
import sys
import time
from typing import Any, Final

BYTES: Final = 2_000_000
CHANGED: Final = 100


def main() -> None:
    """Compare, and say what it took beyond the documents themselves."""
    import django

    django.setup()
    from controlplane.contracts.rules.comparing import compare_openapi

    old = _description()
    new = _changed(old)
    before = _megabytes()
    began = time.process_time()
    findings = compare_openapi(old, new)
    seconds = time.process_time() - began
    said = {"seconds": seconds, "megabytes": _megabytes() - before, "findings": len(findings), "changed": CHANGED}
    sys.stdout.write(json.dumps(said))


def _megabytes() -> float:
    """The most that this process has held."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _description() -> dict[str, Any]:
    """As large as those of the largest vendors: paths that refer to schemas, which refer to each other."""
    from tests.contracts.shop import large

    ten = 10
    each = len(json.dumps(large(ten))) / ten
    description: dict[str, Any] = large(round(BYTES / each))
    return description


def _changed(old: dict[str, Any]) -> dict[str, Any]:
    """In so many schemas one property has another type."""
    new = copy.deepcopy(old)
    left = CHANGED
    for schema in new["components"]["schemas"].values():
        name = next((key for key, one in schema.get("properties", {}).items() if one.get("type") == "string"), None)
        if name is not None and left:
            schema["properties"][name] = {"type": "integer"}
            left -= 1
    return new


if __name__ == "__main__":
    main()
