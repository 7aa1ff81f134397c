"""The people's addresses."""

from django.urls import path

from controlplane.people import views

app_name = "people"
urlpatterns = [
    path("signin/", views.SignIn.as_view(), name="signin"),
    path("signout/", views.sign_out, name="signout"),
]
