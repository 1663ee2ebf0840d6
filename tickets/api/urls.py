"""Addresses of the inbox in the API; what can be done to a ticket is a noun below it."""

from django.urls import path

from tickets.api import contacts, directory, messages, set_aside, tickets

urlpatterns = [
    path("tickets/", tickets.Tickets.as_view(), name="tickets"),
    path("tickets/<int:pk>/", tickets.TicketDetail.as_view(), name="ticket"),
    path("tickets/<int:pk>/assignment/", tickets.Assignment.as_view(), name="assignment"),
    path("tickets/<int:pk>/claim/", tickets.Claim.as_view(), name="claim"),
    path("tickets/<int:pk>/transfer/", tickets.Transfer.as_view(), name="transfer"),
    path("tickets/<int:pk>/resolution/", tickets.Resolution.as_view(), name="resolution"),
    path("tickets/<int:pk>/spam/", set_aside.Spam.as_view(), name="spam"),
    path("tickets/<int:pk>/merge/", set_aside.Merge.as_view(), name="merge"),
    path("tickets/<int:pk>/messages/", messages.TicketMessages.as_view(), name="ticket_messages"),
    path("tickets/<int:pk>/templates/", messages.TicketTemplates.as_view(), name="ticket_templates"),
    path("messages/", messages.Messages.as_view(), name="messages"),
    path("messages/<int:pk>/", messages.MessageDetail.as_view(), name="message"),
    path("contacts/", contacts.Contacts.as_view(), name="contacts"),
    path("contacts/<int:pk>/", contacts.ContactDetail.as_view(), name="contact"),
    path("inboxes/", directory.Inboxes.as_view(), name="inboxes"),
    path("teams/", directory.Teams.as_view(), name="teams"),
    path("tags/", directory.Tags.as_view(), name="tags"),
    path("agents/", directory.Agents.as_view(), name="agents"),
]
