"""What differs between two versions of a contract: judged for others, and line by line."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Final
from urllib.parse import urlencode

import orjson
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_GET

from controlplane.console.contracts.judged import judged
from controlplane.console.contracts.views import number_of, promise
from controlplane.console.ownership.area import tabs
from controlplane.contracts import checking, selectors
from controlplane.contracts.models import Contract, ContractVersion
from controlplane.foundation.documents.lines import differing
from controlplane.foundation.errors import Problem
from controlplane.governance.selectors.documents import Difference
from controlplane.governance.views.lines import ONLY, Addresses, part_of, words_of
from controlplane.governance.views.reviewing import LINES_AT, Document

#: Of both documents together; larger ones are not shown line by line.
MOST_BYTES: Final = 2 * 1024 * 1024
#: Versions that can be chosen.
VERSIONS: Final = 200


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
    }
    if old and new and request.headers.get("HX-Request"):
        document = _document(request, old, new)
        response = render(request, "governance/_lines.html", {"part": document.part if document else None})
    else:
        compared = _compared(request, old, new) if old and new else {}
        response = render(request, "console/contracts/differences.html", context | compared)
    patch_vary_headers(response, ["HX-Request"])
    return response


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


def _compared(request: HttpRequest, old: ContractVersion, new: ContractVersion) -> dict[str, Any]:
    shown: dict[str, Any] = {"document": _document(request, old, new)}
    try:
        return shown | judged(checking.differences(old, new))
    except Problem as problem:
        return shown | {"problem": problem.detail}


def _document(request: HttpRequest, old: ContractVersion, new: ContractVersion) -> Document | None:
    """The part of the lines that the address asks for; None where the documents are too large."""
    if len(orjson.dumps(old.schema)) + len(orjson.dumps(new.schema)) > MOST_BYTES:
        return None
    difference = _difference(old.content_hash, new.content_hash, old.pk, new.pk)
    here = reverse("console:contract-differences", args=[new.contract.slug])
    between = {"from": old.number, "to": new.number}

    def page(number: int) -> str:
        return f"{here}?{urlencode(between | {'lines': number + 1})}"

    addresses = Addresses(lambda number: f"{page(number)}#{LINES_AT}", page, "#{}".format)
    part = part_of(difference, (number_of(request, "lines") or 1) - 1, addresses, only=request.GET.get(ONLY, ""))
    before, after = (f"version {one.number}" for one in (old, new))
    return Document(f"{new.contract.slug}.json", before, after, words_of(difference), part, None)


# Neither of the two becomes another, and they are read part by part.
@lru_cache(maxsize=2)
def _difference(_old_hash: str, _new_hash: str, old: int, new: int) -> Difference:
    by_id = ContractVersion.objects.in_bulk([old, new])
    return Difference(tuple(differing(by_id[old].schema, by_id[new].schema)))
