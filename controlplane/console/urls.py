"""The console's addresses."""

from django.urls import path

from controlplane.console import gallery, health, views

app_name = "console"
urlpatterns = [
    path("", views.start, name="start"),
    path("look/", views.look, name="look"),
    path("access/audit/", views.audit_page, name="audit"),
    path("access/audit/check/", views.audit_check, name="audit-check"),
    path("health/live", health.live, name="live"),
    path("health/ready", health.ready, name="ready"),
    path("metrics", health.metrics, name="metrics"),
    path("gallery/", gallery.gallery, name="gallery"),
]
