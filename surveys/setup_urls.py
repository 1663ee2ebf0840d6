"""Addresses of the surveys' set-up pages; `helpdesk.urls` mounts them at /setup/."""

from django.urls import path

from surveys.views import setup

urlpatterns = [
    path("surveys/", setup.index, name="surveys"),
    path("surveys/<int:pk>/", setup.edit, name="surveys_edit"),
]
