"""Every page's address, app by app."""

from django.urls import include, path
from django.urls.resolvers import URLPattern, URLResolver

urlpatterns: list[URLPattern | URLResolver] = [
    path("api/v1/", include("controlplane.people.rest.urls")),
    path("api/v1/", include("controlplane.governance.rest.policy_urls")),
    path("api/v1/", include("controlplane.governance.rest.urls")),
    path("api/v1/", include("controlplane.contracts.rest.urls")),
    path("api/v1/", include("controlplane.transactions.rest.urls")),
    path("api/v1/", include("controlplane.console.rest.urls")),
    path("api/v1/", include("controlplane.console.identities.rest.urls")),
    path("", include("controlplane.people.urls")),
    path("", include("controlplane.governance.urls")),
    path("", include("controlplane.transactions.urls")),
    path("", include("controlplane.sync.urls")),
    path("", include("controlplane.standalone.urls")),
    path("", include("controlplane.console.urls")),
]

handler400 = "controlplane.console.errors.bad_request"
handler403 = "controlplane.console.errors.forbidden"
handler404 = "controlplane.console.errors.not_found"
handler500 = "controlplane.console.errors.server_error"
