"""What differs between two versions of a contract: judged for others, and line by line."""

from __future__ import annotations

from itertools import islice
from typing import Any, Final

import orjson
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from controlplane.console.contracts.judged import judged
from controlplane.console.contracts.lines import Kind, Line, differing
from controlplane.console.contracts.views import number_of, promise
from controlplane.console.ownership.area import tabs
from controlplane.contracts import checking, selectors
from controlplane.contracts.models import Contract, ContractVersion
from controlplane.foundation.errors import Problem

#: Lines that the page shows; the API has both documents.
LINES: Final = 2_000
#: Of both documents together; larger ones are not shown line by line.
MOST_BYTES: Final = 2 * 1024 * 1024
#: Versions that can be chosen.
VERSIONS: Final = 200
_SIGNS: Final = {Kind.SAME: "  ", Kind.ADDED: "+ ", Kind.REMOVED: "- ", Kind.HUNK: ""}


@require_GET
@login_required
def differences(request: HttpRequest, slug: str) -> HttpResponse:
    """From one version to another; left out: from the one before the newest to the newest."""
    one = selectors.contract_called(slug)
    numbers = list(one.versions.order_by("-number").values_list("number", flat=True)[:VERSIONS])
    old, new = _chosen(request, one, numbers)
    context = {
        "tabs": tabs("contracts"),
        "one": one,
        "promise": promise(one),
        "numbers": numbers,
        "old": old,
        "new": new,
        **(_compared(old, new) if old and new else {}),
    }
    return render(request, "console/contracts/differences.html", context)


def _chosen(
    request: HttpRequest, one: Contract, numbers: list[int]
) -> tuple[ContractVersion | None, ContractVersion | None]:
    last = number_of(request, "to")
    if last is None:
        last = numbers[0] if numbers else None
    first = number_of(request, "from")
    if first is None:
        first = next((number for number in numbers if last is not None and number < last), None)
    old, new = (selectors.version_numbered(one, number) if number is not None else None for number in (first, last))
    return old, new


def _compared(old: ContractVersion, new: ContractVersion) -> dict[str, Any]:
    lines = _lines(old, new)
    shown: dict[str, Any] = {"lines": lines, "is_cut": lines is not None and len(lines) > LINES}
    if lines is not None:
        shown["lines"] = [(line, _SIGNS[line.kind] + line.text) for line in lines[:LINES]]
    try:
        return shown | judged(checking.differences(old, new))
    except Problem as problem:
        return shown | {"problem": problem.detail}


def _lines(old: ContractVersion, new: ContractVersion) -> list[Line] | None:
    """One more than are shown, where there are; None where the documents are too large."""
    if len(orjson.dumps(old.schema)) + len(orjson.dumps(new.schema)) > MOST_BYTES:
        return None
    return list(islice(differing(old.schema, new.schema), LINES + 1))
