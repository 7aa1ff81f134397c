"""The addresses of identities in the API, below ``/api/v1/``."""

from django.urls import path
from django.urls.resolvers import URLPattern, URLResolver

from controlplane.console.identities.rest import views

urlpatterns: list[URLPattern | URLResolver] = [
    path("identities", views.Identities.as_view()),
    path("identities/search", views.IdentitySearch.as_view()),
    path("identities/<uuid:identity_id>", views.OneIdentity.as_view()),
    path("identities/<uuid:identity_id>/merge", views.IdentityMerge.as_view()),
    path("identities/<uuid:identity_id>/merge/preview", views.IdentityMergePreview.as_view()),
    path("identities/<uuid:identity_id>/split", views.IdentitySplit.as_view()),
    path("identities/changes/<int:change_id>/undo", views.IdentityUndo.as_view()),
]
