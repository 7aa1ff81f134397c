"""The addresses of the console's API, below ``/api/v1/``."""

from django.urls import path
from django.urls.resolvers import URLPattern, URLResolver

from controlplane.console.rest import views

urlpatterns: list[URLPattern | URLResolver] = [
    path("imports/openapi", views.OpenapiImport.as_view()),
    path("imports/asyncapi", views.AsyncapiImport.as_view()),
    path("imports/backstage", views.BackstageImport.as_view()),
    path("discoveries", views.Discoveries.as_view()),
]
