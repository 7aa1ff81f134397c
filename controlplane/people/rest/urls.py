"""The addresses of people in the API, below ``/api/v1/``."""

from django.urls import path
from django.urls.resolvers import URLPattern, URLResolver

from controlplane.people.rest import me

urlpatterns: list[URLPattern | URLResolver] = [path("me", me.Me.as_view())]
