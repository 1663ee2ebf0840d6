"""Addresses of the figures in the API."""

from django.urls import path

from analytics.api import views

urlpatterns = [
    path("kpis/", views.Values.as_view(), name="kpis"),
    path("kpis/definitions/", views.Definitions.as_view(), name="kpi_definitions"),
    path("kpis/<slug:kpi>/series/", views.Series.as_view(), name="kpi_series"),
    path("kpis/<slug:kpi>/by/<slug:dimension>/", views.Breakdown.as_view(), name="kpi_breakdown"),
]
