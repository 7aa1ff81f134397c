"""The addresses of contracts in the API, below ``/api/v1/``."""

from django.urls import path
from django.urls.resolvers import URLPattern, URLResolver

from controlplane.contracts.rest import consumers, views

urlpatterns: list[URLPattern | URLResolver] = [
    path("contracts", views.Contracts.as_view()),
    path("contracts/<slug:contract>", views.OneContract.as_view()),
    path("contracts/<slug:contract>/check", views.ContractChecks.as_view()),
    path("contracts/<slug:contract>/halt", views.CanaryHalts.as_view()),
    path("contracts/<slug:contract>/consumers", consumers.ContractConsumers.as_view()),
    path("contracts/<slug:contract>/consumers/<int:consumer_id>", consumers.OneContractConsumer.as_view()),
    path(
        "contracts/<slug:contract>/consumers/<int:consumer_id>/withdraw", consumers.ContractConsumerWithdrawal.as_view()
    ),
    path("contracts/<slug:contract>/confirmations", consumers.ContractConfirmations.as_view()),
    path(
        "contracts/<slug:contract>/confirmations/<int:confirmation_id>/answers",
        consumers.ContractConfirmationAnswers.as_view(),
    ),
    path("contracts/<slug:contract>/versions", views.ContractVersions.as_view()),
    path("contracts/<slug:contract>/versions/<int:number>", views.OneContractVersion.as_view()),
    path(
        "contracts/<slug:contract>/versions/<int:number>/differences/<int:other>", views.ContractDifferences.as_view()
    ),
    # After those of a contract that is called so.
    path("contracts/by-hash/<slug:content_hash>", views.ContractsByHash.as_view()),
]
