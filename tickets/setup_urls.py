"""Addresses of the core's set-up pages; `helpdesk.urls` mounts them at /setup/ beside those of upper apps."""

from django.urls import path

from tickets.views.setup import hours, index

urlpatterns = [
    path("", index.index, name="index"),
    path("hours/", hours.index, name="hours"),
    path("hours/new/", hours.new, name="hours_new"),
    path("hours/<int:pk>/", hours.edit, name="hours_edit"),
    path("hours/<int:pk>/removal/", hours.removal, name="hours_removal"),
]
