"""The console's addresses."""

from django.urls import path

from controlplane.console import gallery, health, views
from controlplane.console.reference import document, page

app_name = "console"
urlpatterns = [
    path("", views.start, name="start"),
    path("look/", views.look, name="look"),
    path("access/audit/", views.audit_page, name="audit"),
    path("access/audit/check/", views.audit_check, name="audit-check"),
    path("api/docs/", page.reference, name="reference"),
    path("api/v1/openapi.json", document.as_json, name="openapi-json"),
    path("api/v1/openapi.yaml", document.as_yaml, name="openapi-yaml"),
    path("health/live", health.live, name="live"),
    path("health/ready", health.ready, name="ready"),
    path("metrics", health.metrics, name="metrics"),
    path("gallery/", gallery.gallery, name="gallery"),
]
