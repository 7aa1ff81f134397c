"""What a person sees when something is refused or breaks: what happened, what is safe, what to do next.

Machines that ask for JSON get problem documents (RFC 9457) instead; htmx gets a toast, because the
page it stands on stays as it is.
"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django_htmx.http import reswap, retarget

from controlplane.foundation import problem as problems
from controlplane.foundation import trace_context
from controlplane.foundation.errors import BadInput, NotAllowed, NotFound, Problem

_NOTHING_HERE = "This address leads nowhere, or to something that is not yours to see. Nothing was changed."
_REFUSED = "Your roles do not include this. Nothing was changed. An operator can give you the role."
_UNREADABLE = "The browser sent something that cannot be understood. Nothing was changed; go back and try again."
_FORM_EXPIRED = (
    "This form was opened too long ago, in another session, or by another site, so it was not accepted. "
    "Nothing was changed. Go back, reload the page and send it again."
)


def refused(request: HttpRequest, problem: Problem) -> HttpResponse:
    """``problem`` in the form that the caller can use."""
    if _wants_json(request):
        document = problems.body(problem, instance=request.path)
        return HttpResponse(document, status=problem.status, headers=problems.headers(problem))
    if request.headers.get("HX-Request") == "true":
        toast = render(
            request, "components/toast.html", {"text": problem.detail, "kind": "error"}, status=problem.status
        )
        return reswap(retarget(toast, "#toasts"), "beforeend")
    signed_in = getattr(request, "user", None) is not None and request.user.is_authenticated
    frame = "components/shell.html" if signed_in else "components/bare.html"
    page = render(request, "errors/problem.html", {"problem": problem, "frame": frame}, status=problem.status)
    if problem.retry_after is not None:
        page["Retry-After"] = problems.headers(problem)["retry-after"]
    return page


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001 - named by Django
    """400: Django refused the request itself."""
    return refused(request, BadInput(_UNREADABLE))


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403: the person may not."""
    return refused(request, NotAllowed(str(exception) or _REFUSED))


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001 - named by Django
    """404: missing, or out of reach; both look the same, whatever the view said."""
    return refused(request, NotFound(_NOTHING_HERE))


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001 - named by Django
    """403: a form without its proof of origin."""
    return refused(request, NotAllowed(_FORM_EXPIRED))


def server_error(request: HttpRequest) -> HttpResponse:
    """500: a defect of ours. Asks nothing of the database, the session or the cache."""
    context = trace_context.current.get()
    reference = str(context.trace_id) if context else ""
    if _wants_json(request):
        return HttpResponse(
            problems.body(Problem("A defect of ours. It is logged.", reference=reference), instance=request.path),
            status=500,
            content_type=problems.CONTENT_TYPE,
        )
    return HttpResponse(render_to_string("errors/500.html", {"reference": reference}), status=500)


def is_api(path: str) -> bool:
    """Whether an address is the API's."""
    return path.startswith("/api/v")


def wants_json(path: str, accept: str) -> bool:
    """Whether a machine asks, by the address and by the header that says what it takes."""
    return is_api(path) or ("json" in accept and "text/html" not in accept)


def _wants_json(request: HttpRequest) -> bool:
    return wants_json(request.path, request.headers.get("accept", ""))
