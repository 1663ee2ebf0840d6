"""Tickets, and what can be done to one: each verb of the pages is a noun below the ticket."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from agents.api.idempotency import Answer
from agents.api.pagination import page_of
from agents.api.schema import IDEMPOTENCY_KEY
from agents.api.views import ApiView
from agents.models import Scope
from tickets.actions import assignment, bots, lifecycle, triage
from tickets.actions.base import action
from tickets.api import querysets
from tickets.api.base import ActionView
from tickets.api.inputs import AssignmentInput, ResolutionInput, TicketInput, TransferInput
from tickets.api.queries import TicketQuery, filtered_tickets, order_of_tickets
from tickets.api.serializers import TicketSerializer, TransferSerializer
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


class TicketDetail(ActionView):
    """One ticket."""

    scopes = {"GET": Scope.TICKETS_READ, "PATCH": Scope.TICKETS_WRITE}

    @extend_schema(operation_id="tickets_get", responses=TicketSerializer)
    def get(self, request: Request, pk: int) -> Response:
        """Return one ticket."""
        return self.show(pk)

    @extend_schema(operation_id="tickets_change", request=TicketInput, responses=TicketSerializer)
    def patch(self, request: Request, pk: int) -> Response:
        """Change subject, priority and tags: all that is sent, or nothing."""
        ticket = self.ticket(pk)
        self._change(ticket, self.body(TicketInput))
        return self.show(pk)

    @action
    def _change(self, ticket: Ticket, wanted: dict[str, Any]) -> None:
        if "subject" in wanted:
            triage.set_subject(actor=self.user, ticket_id=ticket.pk, subject=wanted["subject"])
        if "priority" in wanted:
            triage.set_priority(actor=self.user, ticket_id=ticket.pk, priority=wanted["priority"])
        if "tags" in wanted:
            names = {" ".join(name.split()).casefold(): name for name in wanted["tags"]}
            there = {tag.name.casefold(): tag.pk for tag in ticket.tags.all()}
            for gone in there.keys() - names.keys():
                triage.remove_tag(actor=self.user, ticket_id=ticket.pk, tag_id=there[gone])
            for new in sorted(names.keys() - there.keys()):
                triage.add_tag(actor=self.user, ticket_id=ticket.pk, name=names[new])


class Assignment(ActionView):
    """Who works on a ticket."""

    scopes = {"PUT": Scope.TICKETS_WRITE}

    @extend_schema(operation_id="tickets_assign", request=AssignmentInput, responses=TicketSerializer)
    def put(self, request: Request, pk: int) -> Response:
        """Give a ticket to a member of its team, or back to the queue."""
        self.ticket(pk)
        assignment.assign(actor=self.user, ticket_id=pk, assignee_id=self.body(AssignmentInput)["assignee"])
        return self.show(pk)


class Claim(ActionView):
    """The claim of the token's owner on a ticket."""

    scopes = {"PUT": Scope.TICKETS_WRITE}

    @extend_schema(operation_id="tickets_claim", request=None, responses=TicketSerializer)
    def put(self, request: Request, pk: int) -> Response:
        """Take a ticket that nobody has; 409 when somebody was faster."""
        self.ticket(pk)
        assignment.claim(actor=self.user, ticket_id=pk)
        return self.show(pk)


class Transfer(ActionView):
    """The way to another team."""

    scopes = {"POST": Scope.TICKETS_WRITE}

    @extend_schema(
        operation_id="tickets_transfer",
        parameters=[IDEMPOTENCY_KEY],
        request=TransferInput,
        responses=TransferSerializer,
    )
    def post(self, request: Request, pk: int) -> Response:
        """Hand a ticket over to another team, or to a person in it; it may be out of sight afterwards."""
        self.ticket(pk)
        wanted = self.body(TransferInput)

        def perform() -> Answer:
            moved = assignment.transfer(
                actor=self.user,
                ticket_id=pk,
                team_id=wanted["team"],
                assignee_id=wanted["assignee"],
                note=wanted["note"],
            )
            return Answer(200, TransferSerializer(moved).data)

        return self.once(perform)


class Resolution(ActionView):
    """The end of a ticket, and its way back."""

    scopes = {"PUT": Scope.TICKETS_WRITE, "DELETE": Scope.TICKETS_WRITE}
    open_to_bots = frozenset({"PUT"})

    @extend_schema(operation_id="tickets_resolve", request=ResolutionInput, responses=TicketSerializer)
    def put(self, request: Request, pk: int) -> Response:
        """Resolve a ticket; 409 when the contact wrote something that was not seen."""
        self.ticket(pk)
        resolve = bots.resolve if self.token.is_bot else lifecycle.resolve
        resolve(actor=self.user, ticket_id=pk, seen_seq=self.body(ResolutionInput)["seen_seq"])
        return self.show(pk)

    @extend_schema(operation_id="tickets_reopen", responses={200: TicketSerializer})
    def delete(self, request: Request, pk: int) -> Response:
        """Reopen a resolved ticket; the answer is the conversation's open ticket, which may be a newer one."""
        self.ticket(pk)
        return self.show_if_visible(lifecycle.reopen(actor=self.user, ticket_id=pk).pk, pk)
