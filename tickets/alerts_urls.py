"""Addresses of a person's alerts."""

from django.urls import path

from tickets.views import alerts

app_name = "alerts"
urlpatterns = [
    path("", alerts.index, name="index"),
    path("news/", alerts.news, name="news"),
    path("readings/", alerts.readings, name="readings"),
    path("<int:pk>/", alerts.alert, name="alert"),
]
