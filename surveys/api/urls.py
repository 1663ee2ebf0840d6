"""Addresses of surveys in the API."""

from django.urls import path

from surveys.api import views

urlpatterns = [path("surveys/responses/", views.Responses.as_view(), name="survey_responses")]
