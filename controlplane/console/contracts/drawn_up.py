"""What the page that proposes a version begins with when somebody comes from something discovered."""

from __future__ import annotations

import json
from typing import Any, Final

from django.http import HttpRequest

from controlplane.console.contracts.views import number_of
from controlplane.contracts.models import Contract
from controlplane.foundation.errors import Conflict, Invalid, NotFound
from controlplane.people.access import Access, Action
from controlplane.transactions.discovering import decide
from controlplane.transactions.selectors.discovered import DRIFT, Discovery

#: What the address names, and the kind of discovery that it is.
NAMES: Final = {"drift": DRIFT, "field": "unnamed"}


def discovery_of(request: HttpRequest, access: Access, one: Contract) -> Discovery | None:
    """The discovery that the address names; None where it names none, 404 for one of another contract."""
    for name, kind in NAMES.items():
        if (key := number_of(request, name)) is not None:
            found = decide.the(access, kind, key)
            if found.version is None or found.version.contract_id != one.pk:
                raise NotFound(f"{found.pointer or found.event_type} is not judged by {one.name}.")
            return found
    return None


def drawn_up(access: Access, found: Discovery | None) -> tuple[dict[str, Any], str]:
    """The fields of the form, and why they could not be filled in."""
    if found is None or found.version is None or not access.may(Action.CONFIGURE, found.version.contract.team_id):
        return {}, ""
    try:
        made = decide.drafted(access, found)
    except (Invalid, Conflict) as problem:
        return {}, problem.detail
    document = json.dumps(made.schema, indent=2, ensure_ascii=False)
    return {"document": document, "title": made.title, "why": made.why}, ""
