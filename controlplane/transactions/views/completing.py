"""What fits to what is being typed into the search box."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from controlplane.people.access import Action, access_of
from controlplane.transactions.search.completing import completions
from controlplane.transactions.search.reference import Reference


@require_POST
@login_required
def complete(request: HttpRequest) -> HttpResponse:
    """The list below the box. The last ``q`` is what is typed; by POST, because it may be somebody's address."""
    access_of(request).require_somewhere(Action.SEE_TRANSACTIONS)
    typed = request.POST.getlist("q")[-1:]
    found = completions(typed[0], Reference().kinds) if typed else ()
    return render(request, "transactions/_completions.html", {"completions": found})
