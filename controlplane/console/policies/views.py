"""One policy: what it says, whether it passes its own tests, what it found, its exceptions and its versions."""

from __future__ import annotations

from typing import Any, Final

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from controlplane.console.policies import parts
from controlplane.console.policies.forms import ExceptionForm, NewPolicyForm, PolicyForm, WaiverForm
from controlplane.foundation.errors import BadInput, Conflict, Invalid, NotAllowed, Problem
from controlplane.governance.facts import kind_called, kinds
from controlplane.governance.models import Policy, Waiver, WaiverState
from controlplane.governance.policies import listing
from controlplane.governance.policies.found import policy_called
from controlplane.governance.policies.rights import may_decide, may_govern, require_govern
from controlplane.governance.policies.write import change, check_content, make
from controlplane.governance.rules.policy import Content, examined, fields_read
from controlplane.governance.rules.verdicts import Severity, Verdict
from controlplane.people.access import Access, Action, access_of

#: Findings on one page.
PAGE: Final = 100
VERDICTS: Final = {"": "All", **{one.value: one.label for one in parts.SHAPES}}
_FIRST: Final = [{"runbook": "https://wiki.example/orders"}], [{"runbook": ""}]


@require_GET
@login_required
def policy(request: HttpRequest, slug: str) -> HttpResponse:
    """One policy."""
    return render(request, "console/policies/one.html", page_of(request, policy_called(slug)))


def page_of(request: HttpRequest, found: Policy, *, ask: str = "", form: Form | None = None) -> dict[str, Any]:
    """What its page shows; ``ask`` is the dialog that is open, with its ``form``."""
    access, content = access_of(request), content_of(found)
    ask = ask or request.GET.get("ask", "")
    rows, older, verdict = _findings(request, found)
    counts = listing.counted(listing.findings(policy=found.slug)).get(found.pk, dict.fromkeys(Verdict.values, 0))
    facts = kind_called(found.about).fields
    return {
        "tabs": parts.tabs("policies", access),
        "policy": found,
        "kind": kind_called(found.about),
        "version": found.current,
        "tone": parts.TONES[Severity(content.severity)],
        "evidence": [(name, facts.get(name, "")) for name in fields_read(content)],
        "tests": examined(content),
        "rows": rows,
        "older": older,
        "chips": [
            {
                "label": label,
                "count": counts.get(word),
                "url": f"{_here(found)}?verdict={word}" if word else _here(found),
            }
            | {"on": word == verdict}
            for word, label in VERDICTS.items()
        ],
        "waivers": [_waiver(access, one) for one in listing.waivers(found)[:PAGE]],
        "overrides": found.overrides.order_by("reach", "scope"),
        "versions": found.versions.select_related("author").order_by("-number")[:PAGE],
        "may_govern": may_govern(access),
        "may_ask": may_govern(access) or access.may_somewhere(Action.CONFIGURE),
        "dialogs": {name: name == ask for name in ("waiver", "except")},
        "waiver_form": form
        if ask == "waiver" and form
        else WaiverForm(initial={"subject": request.GET.get("subject", "")}, auto_id="waiver-%s"),
        "except_form": form if ask == "except" and form else ExceptionForm(auto_id="except-%s"),
    }


@require_http_methods(["GET", "POST"])
@login_required
def new(request: HttpRequest) -> HttpResponse:
    """A policy of the company's own: tried on its examples, then made."""
    access = access_of(request)
    require_govern(access)
    form = NewPolicyForm(request.POST or None, initial={"passes": _FIRST[0], "fails": _FIRST[1], "severity": "warn"})

    def keep(content: Content) -> Policy:
        given = form.cleaned_data
        return make(access, given["slug"], content, given["reason"], reach=given["reach"], scope=given["scope"])

    about = request.POST.get("about", "") or request.GET.get("about", "integration")
    return _bench(request, form, about if about in kinds() else "integration", keep, None)


@require_http_methods(["GET", "POST"])
@login_required
def edit(request: HttpRequest, slug: str) -> HttpResponse:
    """What a policy says, changed: tried on its examples, then kept as the next version."""
    access = access_of(request)
    require_govern(access)
    found = policy_called(slug)
    form = PolicyForm(request.POST or None, initial=_initial(found))

    def keep(content: Content) -> Policy:
        given = form.cleaned_data
        return change(access, slug, content, given["reason"], based_on=given["based_on"] or 0)

    return _bench(request, form, found.about, keep, found)


def _bench(request: HttpRequest, form: PolicyForm, about: str, keep: Any, found: Policy | None) -> HttpResponse:
    """The form with the facts beside it. "Try" runs the examples, and keeps nothing."""
    tests, status = (examined(content_of(found)) if found else []), 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            content = form.content(about)
            try:
                tests = _tried(content)
                if request.POST.get("act") == "try":
                    check_content(content)
                    status = 200
                else:
                    kept = keep(content)
                    messages.success(request, "It holds from now on; everything was judged by it.")
                    return redirect("console:policy", slug=kept.slug)
            except (Invalid, Conflict, NotAllowed) as problem:
                form.add_error(problem.field if problem.field in form.fields else None, problem.detail)
                status = problem.status
    context = {
        "tabs": parts.tabs("policies", access_of(request)),
        "form": form,
        "policy": found,
        "about": about,
        "facts": kind_called(about).fields.items(),
        "tests": tests,
        "tried": request.method == "POST",
        "back": reverse("console:policy", args=[found.slug]) if found else reverse("console:policies"),
    }
    return render(request, "console/policies/edit.html", context, status=status)


def _tried(content: Content) -> list[Any]:
    """What comes of the examples, where the expressions can be read at all."""
    try:
        return examined(content)
    except Problem:
        return []


def content_of(found: Policy) -> Content:
    """What a policy says now."""
    if found.current is None:
        raise BadInput("This policy has no version.")
    return found.current.content(found.about)


def _initial(found: Policy) -> dict[str, Any]:
    content = content_of(found)
    names = ("title", "severity", "applies_when", "expression", "remediation", "passes", "fails")
    return {name: getattr(content, name) for name in names} | {"based_on": found.current.number if found.current else 0}


def _findings(request: HttpRequest, found: Policy) -> tuple[list[dict[str, Any]], str, str]:
    """A page of what it found, the address of the next one, and the verdict that is asked for."""
    verdict, after = request.GET.get("verdict", ""), request.GET.get("after", "0")
    if verdict not in VERDICTS:
        raise BadInput(f"verdict= is none of {', '.join(filter(None, VERDICTS))}.", field="verdict")
    if not (after.isascii() and after.isdigit() and len(after) <= 18):  # noqa: PLR2004 - what a bigint holds
        raise BadInput("after= takes a number.", field="after")
    rows = listing.findings(policy=found.slug, verdict=verdict).filter(pk__gt=int(after))
    listed = list(rows[: PAGE + 1])
    older = f"{_here(found)}?verdict={verdict}&after={listed[PAGE - 1].pk}" if len(listed) > PAGE else ""
    order = [one.value for one in parts.SHAPES]
    shown = sorted(listed[:PAGE], key=lambda row: (order.index(row.verdict_now), row.name))
    return [parts.shown(row) for row in shown], older, verdict


def _here(found: Policy) -> str:
    return reverse("console:policy", args=[found.slug])


def _waiver(access: Access, one: Waiver) -> dict[str, Any]:
    """A waiver with what this person may do about it."""
    is_own = access.person_id == str(one.asked_by_id)
    is_asked = one.state == WaiverState.ASKED
    return {
        "waiver": one,
        "is_asked": is_asked,
        "is_over": one.state == WaiverState.GRANTED and one.is_over,
        "may_decide": is_asked and not is_own and may_decide(access, None),
        "waits_for": "somebody else decides" if is_own else "a board member decides",
        "may_end": one.state == WaiverState.GRANTED and not one.is_over and may_decide(access, None),
        "url": parts.subject_url(one.subject_kind, one.subject),
    }
