"""Addresses of the account pages."""

from django.urls import path

from agents import token_views, views

app_name = "account"
urlpatterns = [
    path("login/", views.LoginView.as_view(), name="login"),
    path("logout/", views.LogoutView.as_view(), name="logout"),
    path("preferences/", views.preferences, name="preferences"),
    path("account/tokens/", token_views.tokens_page, name="tokens"),
    path("account/tokens/<int:pk>/revocation/", token_views.revocation, name="token_revocation"),
]
