"""Tickets and their messages."""

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from agents.api.pagination import page_of
from agents.api.views import ApiView
from agents.models import Scope
from tickets.api import querysets
from tickets.api.queries import MessageQuery, TicketQuery, filtered_messages, filtered_tickets, order_of_tickets
from tickets.api.serializers import MessageSerializer, TicketSerializer
from tickets.models import Ticket


class Tickets(ApiView):
    """The work list."""

    scopes = {"GET": Scope.TICKETS_READ}

    @extend_schema(operation_id="tickets_list", parameters=[TicketQuery], responses=page_of(TicketSerializer))
    def get(self, request: Request) -> Response:
        """List the visible tickets that fit all filters."""
        query = self.query(TicketQuery)
        rows = filtered_tickets(querysets.tickets(self.user), query)
        return self.page(rows, TicketSerializer, query, order=order_of_tickets(query))


class TicketView(ApiView):
    """Something of one ticket."""

    def ticket(self, pk: int) -> Ticket:
        """Return a visible ticket; what somebody may not see does not exist."""
        return get_object_or_404(querysets.tickets(self.user), pk=pk)


class TicketDetail(TicketView):
    """One ticket."""

    scopes = {"GET": Scope.TICKETS_READ}

    @extend_schema(operation_id="tickets_get", responses=TicketSerializer)
    def get(self, request: Request, pk: int) -> Response:
        """Return one ticket."""
        return Response(TicketSerializer(self.ticket(pk)).data)


class TicketMessages(TicketView):
    """What was said in one ticket."""

    scopes = {"GET": Scope.TICKETS_READ}

    @extend_schema(
        operation_id="tickets_messages_list", parameters=[MessageQuery], responses=page_of(MessageSerializer)
    )
    def get(self, request: Request, pk: int) -> Response:
        """List the messages and notes of one ticket."""
        query = self.query(MessageQuery)
        ticket = self.ticket(pk)
        rows = filtered_messages(querysets.messages(self.user).filter(ticket=ticket), query)
        return self.page(rows, MessageSerializer, query, order=query["order"])
