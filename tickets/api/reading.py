"""Addresses that are only read: messages, inboxes, teams, agents."""

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from agents.api.pagination import PageQuery, page_of
from agents.api.views import ApiView
from agents.models import Scope, Team
from tickets.api import querysets
from tickets.api.queries import MessageQuery, filtered_messages
from tickets.api.serializers import AgentSerializer, InboxSerializer, MessageSerializer, TeamSerializer


class Messages(ApiView):
    """Messages of all visible tickets."""

    scopes = {"GET": Scope.TICKETS_READ}

    @extend_schema(operation_id="messages_list", parameters=[MessageQuery], responses=page_of(MessageSerializer))
    def get(self, request: Request) -> Response:
        """List messages, the newest first."""
        query = self.query(MessageQuery)
        rows = filtered_messages(querysets.messages(self.user), query)
        return self.page(rows, MessageSerializer, query, order=query["order"])


class MessageDetail(ApiView):
    """One message."""

    scopes = {"GET": Scope.TICKETS_READ}

    @extend_schema(operation_id="messages_get", responses=MessageSerializer)
    def get(self, request: Request, pk: int) -> Response:
        """Return one message and what became of it."""
        return Response(MessageSerializer(get_object_or_404(querysets.messages(self.user), pk=pk)).data)


class Inboxes(ApiView):
    """Configured addresses."""

    scopes = {"GET": Scope.TICKETS_READ}

    @extend_schema(operation_id="inboxes_list", parameters=[PageQuery], responses=page_of(InboxSerializer))
    def get(self, request: Request) -> Response:
        """List the inboxes of own teams."""
        return self.page(querysets.inboxes(self.user), InboxSerializer, self.query(PageQuery))


class Teams(ApiView):
    """Teams."""

    scopes = {"GET": Scope.TICKETS_READ}

    @extend_schema(operation_id="teams_list", parameters=[PageQuery], responses=page_of(TeamSerializer))
    def get(self, request: Request) -> Response:
        """List the teams that a ticket can be handed to."""
        return self.page(Team.objects.all(), TeamSerializer, self.query(PageQuery))


class Agents(ApiView):
    """People."""

    scopes = {"GET": Scope.TICKETS_READ}

    @extend_schema(operation_id="agents_list", parameters=[PageQuery], responses=page_of(AgentSerializer))
    def get(self, request: Request) -> Response:
        """List the people that a ticket can be given to."""
        return self.page(querysets.agents(), AgentSerializer, self.query(PageQuery))
