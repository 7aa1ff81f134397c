"""Signing in and out."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth.views import LoginView
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST
from django_htmx.http import HttpResponseClientRedirect

from controlplane.people import signin
from controlplane.people.forms import SignInForm


class SignIn(LoginView):
    """The sign-in page. ``next`` is followed only within this site; axes answers for locked names."""

    form_class = SignInForm
    template_name = "people/signin.html"
    redirect_authenticated_user = True

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """When a session ended under an open page, htmx takes the whole page here, not a part of it."""
        if request.headers.get("HX-Request") == "true":
            here = request.htmx.current_url_abs_path or "/"  # type: ignore[attr-defined]
            return HttpResponseClientRedirect(f"{reverse('people:signin')}?{urlencode({'next': here})}")
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The form, and what wrong tries lead to."""
        minutes = round(settings.AXES_COOLOFF_TIME * 60)
        return super().get_context_data(limit=settings.AXES_FAILURE_LIMIT, wait=minutes, **kwargs)

    def form_valid(self, form: Any) -> HttpResponseRedirect:
        """Open the session and go where the person wanted to."""
        signin.open_session(self.request, form.get_user(), keep=form.cleaned_data["keep"])
        return HttpResponseRedirect(self.get_success_url())

    def form_invalid(self, form: Any) -> HttpResponse:
        """Say that it was wrong, not what; 422 keeps the answer out of caches and histories."""
        if form.non_field_errors():
            signin.record_refusal(self.request, form.cleaned_data.get("username", ""))
        return self.render_to_response(self.get_context_data(form=form), status=422)


@require_POST
def sign_out(request: HttpRequest) -> HttpResponseBase:
    """End the session, by POST only: a picture in a mail must not sign anybody out."""
    signin.close_session(request)
    return redirect("people:signin")
