"""The people's addresses."""

from django.urls import path

from controlplane.people import token_views, views

app_name = "people"
urlpatterns = [
    path("signin/", views.SignIn.as_view(), name="signin"),
    path("signout/", views.sign_out, name="signout"),
    path("access/tokens/", token_views.token_page, name="tokens"),
    path("access/tokens/<uuid:identifier>/revoke/", token_views.revoke_token, name="revoke-token"),
]
