"""Addresses of the surveys; those of the set-up pages are in `setup_urls`."""

from django.urls import path

from surveys.views import follow_ups

app_name = "surveys"
urlpatterns = [
    path("follow-ups/", follow_ups.index, name="follow_ups"),
    path("follow-ups/<int:pk>/completion/", follow_ups.completion, name="completion"),
    path("follow-ups/<int:pk>/answer/", follow_ups.answer, name="answer"),
    path("surveys/invitations/<int:pk>/cancellation/", follow_ups.cancellation, name="cancellation"),
]
