"""The addresses of contracts in the API, below ``/api/v1/``."""

from django.urls import path
from django.urls.resolvers import URLPattern, URLResolver

from controlplane.contracts.rest import views

urlpatterns: list[URLPattern | URLResolver] = [
    path("contracts", views.Contracts.as_view()),
    path("contracts/<slug:contract>", views.OneContract.as_view()),
    path("contracts/<slug:contract>/check", views.ContractChecks.as_view()),
    path("contracts/<slug:contract>/halt", views.CanaryHalts.as_view()),
    path("contracts/<slug:contract>/versions", views.ContractVersions.as_view()),
    path("contracts/<slug:contract>/versions/<int:number>", views.OneContractVersion.as_view()),
    path(
        "contracts/<slug:contract>/versions/<int:number>/differences/<int:other>", views.ContractDifferences.as_view()
    ),
    # After those of a contract that is called so.
    path("contracts/by-hash/<slug:content_hash>", views.ContractsByHash.as_view()),
]
