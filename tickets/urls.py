"""Addresses of the inbox: pages are cuts of the work list, actions are sub-resources of a ticket."""

from django.urls import path

from tickets.views import (
    assignment,
    availability,
    composer,
    detail,
    lifecycle,
    lists,
    merging,
    messaging,
    spam,
    triage,
)
from tickets.views.media import media

app_name = "inbox"
urlpatterns = [
    path("inbox/", lists.index, name="index"),
    path("inbox/availability/", availability.availability, name="availability"),
    path("inbox/availability/beats/", availability.beats, name="beats"),
    path("inbox/requeuing/", availability.requeuing, name="requeuing"),
    path("inbox/requeuing/undo/", availability.requeuing_undo, name="requeuing_undo"),
    path("inbox/versions/", lists.versions, name="versions"),
    path("inbox/quick-replies/<int:pk>/uses/", composer.quick_reply_use, name="quick_reply_uses"),
    path("inbox/tickets/<int:pk>/thread/", detail.thread, name="thread"),
    path("inbox/tickets/<int:pk>/viewers/", detail.viewers, name="viewers"),
    path("inbox/tickets/<int:pk>/draft/", composer.draft, name="draft"),
    path("inbox/tickets/<int:pk>/quick-replies/", composer.quick_replies, name="quick_replies"),
    path("inbox/tickets/<int:pk>/replies/", messaging.replies, name="replies"),
    path("inbox/tickets/<int:pk>/template/", composer.template, name="template"),
    path("inbox/tickets/<int:pk>/notes/", messaging.notes, name="notes"),
    path("inbox/tickets/<int:pk>/claim/", assignment.claim, name="claim"),
    path("inbox/tickets/<int:pk>/assignment/", assignment.assignee, name="assignment"),
    path("inbox/tickets/<int:pk>/transfer/", assignment.transfer, name="transfer"),
    path("inbox/tickets/<int:pk>/resolution/", lifecycle.resolution, name="resolution"),
    path("inbox/tickets/<int:pk>/resolution/undo/", lifecycle.resolution_undo, name="resolution_undo"),
    path("inbox/tickets/<int:pk>/reopening/", lifecycle.reopening, name="reopening"),
    path("inbox/tickets/<int:pk>/spam/", spam.spam, name="spam"),
    path("inbox/tickets/<int:pk>/spam/undo/", spam.spam_undo, name="spam_undo"),
    path("inbox/tickets/<int:pk>/merge/", merging.merge, name="merge"),
    path("inbox/tickets/<int:pk>/merge/undo/", merging.merge_undo, name="merge_undo"),
    path("inbox/tickets/<int:pk>/priority/", triage.priority, name="priority"),
    path("inbox/tickets/<int:pk>/tags/", triage.tags, name="tags"),
    path("inbox/tickets/<int:pk>/subject/", triage.subject, name="subject"),
    path("inbox/tickets/<int:pk>/messages/<int:message_id>/undo/", messaging.undo, name="message_undo"),
    path("inbox/tickets/<int:pk>/messages/<int:message_id>/retry/", messaging.retry, name="message_retry"),
    path("inbox/tickets/<int:pk>/messages/<int:message_id>/discard/", messaging.discard, name="message_discard"),
    path("inbox/<slug:view>/", lists.list_page, name="list"),
    path("inbox/<slug:view>/<int:pk>/", detail.ticket, name="ticket"),
    path("media/<str:token>/", media, name="media"),
]
