"""The canary of a contract on its page: how its events fare beside the others, and the button that halts it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from controlplane.contracts import selectors
from controlplane.contracts.canary.end import halt
from controlplane.contracts.canary.judging import ENOUGH
from controlplane.contracts.models import Canary, CanaryState, Contract, ContractVersion
from controlplane.foundation.errors import Conflict, Invalid
from controlplane.people.access import Access, Action, access_of, who_may

SHAPES: Final = {
    CanaryState.RUNNING: ("run", "Running"),
    CanaryState.HALTED: ("bad", "Halted"),
    CanaryState.PUBLISHED: ("ok", "Published to all"),
}


def canary_of(shown: ContractVersion | None, versions: Iterable[ContractVersion]) -> Canary | None:
    """That of the version that is looked at; else the one that runs, of which every reader should know."""
    listed = [one for one in (shown, *versions) if one is not None]
    found: list[Canary] = [one.canary for one in listed if hasattr(one, "canary")]
    own = next((one for one in found if shown is not None and one.version_id == shown.pk), None)
    return own or next((one for one in found if one.state == CanaryState.RUNNING), None)


def told(canary: Canary | None, access: Access, contract: Contract) -> dict[str, Any]:
    """What the template ``_canary.html`` reads."""
    if canary is None:
        return {"canary": None}
    runs = canary.state == CanaryState.RUNNING
    may = access.may(Action.CONFIGURE, contract.team_id)
    return {
        "canary": canary,
        "canary_status": SHAPES[CanaryState(canary.state)],
        "canary_enough": ENOUGH,
        "canary_runs": runs,
        "canary_rows": [("By this version", canary.mine), ("By the one before", canary.others)],
        "canary_why_not": "" if may else f"It takes the role {' or '.join(who_may(Action.CONFIGURE))} in its team.",
    }


@require_POST
@login_required
def halt_canary(request: HttpRequest, slug: str) -> HttpResponse:
    """Stop it, with a reason; a refusal is said on the contract's page, where the button is."""
    contract = selectors.contract_called(slug)
    try:
        one = halt(access_of(request), contract, request.POST.get("reason", ""))
    except (Invalid, Conflict) as problem:
        messages.error(request, problem.detail)
    else:
        messages.success(request, f"{one.version} judges nothing any more. Everything is judged as before.")
    return redirect(reverse("console:contract", args=[slug]))
