"""Addresses of the inbox in the API."""

from django.urls import path

from tickets.api import contacts, reading, tickets

urlpatterns = [
    path("tickets/", tickets.Tickets.as_view(), name="tickets"),
    path("tickets/<int:pk>/", tickets.TicketDetail.as_view(), name="ticket"),
    path("tickets/<int:pk>/messages/", tickets.TicketMessages.as_view(), name="ticket_messages"),
    path("messages/", reading.Messages.as_view(), name="messages"),
    path("messages/<int:pk>/", reading.MessageDetail.as_view(), name="message"),
    path("contacts/", contacts.Contacts.as_view(), name="contacts"),
    path("contacts/<int:pk>/", contacts.ContactDetail.as_view(), name="contact"),
    path("inboxes/", reading.Inboxes.as_view(), name="inboxes"),
    path("teams/", reading.Teams.as_view(), name="teams"),
    path("agents/", reading.Agents.as_view(), name="agents"),
]
