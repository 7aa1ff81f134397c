"""The addresses of policies in the API, below ``/api/v1/``."""

from django.urls import path
from django.urls.resolvers import URLPattern, URLResolver

from controlplane.governance.rest import policies

urlpatterns: list[URLPattern | URLResolver] = [
    path("policies", policies.Policies.as_view()),
    path("policies/run", policies.PolicyRuns.as_view()),
    path("policies/<slug:policy>", policies.OnePolicy.as_view()),
    path("findings", policies.Findings.as_view()),
    path("waivers", policies.Waivers.as_view()),
]
