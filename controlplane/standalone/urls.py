"""The addresses of the sandbox's tour."""

from django.urls import path

from controlplane.standalone import views

app_name = "standalone"
urlpatterns = [
    path("running/", views.running_parts, name="running"),
    path("be/<slug:name>/", views.be, name="be"),
]
