"""Where and by whom tickets are worked on: inboxes, teams, agents."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from agents.api.pagination import PageQuery, page_of
from agents.api.views import ApiView
from agents.models import Scope, Team
from tickets.api import querysets
from tickets.api.serializers import AgentSerializer, InboxSerializer, TagSerializer, TeamSerializer
from tickets.models import Tag


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


class Tags(ApiView):
    """Words on tickets."""

    scopes = {"GET": Scope.TICKETS_READ}

    @extend_schema(operation_id="tags_list", parameters=[PageQuery], responses=page_of(TagSerializer))
    def get(self, request: Request) -> Response:
        """List the tags, and which of them are skills."""
        return self.page(Tag.objects.all(), TagSerializer, self.query(PageQuery))


class Agents(ApiView):
    """People."""

    scopes = {"GET": Scope.TICKETS_READ}

    @extend_schema(operation_id="agents_list", parameters=[PageQuery], responses=page_of(AgentSerializer))
    def get(self, request: Request) -> Response:
        """List the people that a ticket can be given to."""
        return self.page(querysets.agents(), AgentSerializer, self.query(PageQuery))
