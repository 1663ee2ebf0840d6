"""Addresses of the core's set-up pages; `helpdesk.urls` mounts them at /setup/ beside those of upper apps."""

from django.urls import path

from tickets.views.setup import index

urlpatterns = [
    path("", index.index, name="index"),
]
