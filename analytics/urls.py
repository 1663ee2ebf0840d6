"""Addresses of the reports; namespace `reports`."""

from django.urls import path

from analytics.views import headlines, overview, pages, reviews, targets

app_name = "reports"
urlpatterns = [
    path("", overview.front, name="overview"),
    path("figures/<str:kpi_id>/tickets/", pages.tickets, name="tickets"),
    path("headlines/", headlines.headlines, name="headlines"),
    path("headlines/ranking/", headlines.ranking, name="ranking"),
    path("reviews/", reviews.index, name="reviews"),
    path("reviews/<int:pk>/", reviews.review, name="review"),
    path("targets/", targets.index, name="targets"),
    path("targets/<str:kpi_id>/", targets.target, name="target"),
    path("<slug:slug>.csv", pages.export, name="export"),
    path("<slug:slug>/", pages.page, name="page"),
]
