"""Addresses of the reports; namespace `reports`."""

from django.urls import path

from analytics.views import overview, pages

app_name = "reports"
urlpatterns = [
    path("", overview.front, name="overview"),
    path("figures/<str:kpi_id>/tickets/", pages.tickets, name="tickets"),
    path("<slug:slug>.csv", pages.export, name="export"),
    path("<slug:slug>/", pages.page, name="page"),
]
