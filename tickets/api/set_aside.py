"""Tickets that are no requests of their own: spam, and what was merged into another one."""

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from agents.api.idempotency import Answer
from agents.api.schema import IDEMPOTENCY_KEY
from agents.models import Scope
from tickets.actions.merging import merge, unmerge
from tickets.actions.spam import mark_spam, unmark_spam
from tickets.api import querysets
from tickets.api.base import ActionView
from tickets.api.inputs import MergeInput, SpamInput
from tickets.api.serializers import TicketSerializer


class Spam(ActionView):
    """The mark as spam, and its way back."""

    scopes = {"POST": Scope.TICKETS_WRITE, "DELETE": Scope.TICKETS_WRITE}

    @extend_schema(
        operation_id="tickets_mark_spam", parameters=[IDEMPOTENCY_KEY], request=SpamInput, responses=TicketSerializer
    )
    def post(self, request: Request, pk: int) -> Response:
        """Mark a ticket as spam; 409 when the contact wrote something that was not seen."""
        self.ticket(pk)
        seen_seq = self.body(SpamInput)["seen_seq"]

        def perform() -> Answer:
            mark_spam(actor=self.user, ticket_id=pk, seen_seq=seen_seq)
            return Answer(200, TicketSerializer(self.ticket(pk)).data)

        return self.once(perform)

    @extend_schema(operation_id="tickets_unmark_spam", responses={200: TicketSerializer})
    def delete(self, request: Request, pk: int) -> Response:
        """Take the mark back; the answer is the conversation's open ticket where there is another one."""
        self.ticket(pk)
        return self.show_if_visible(unmark_spam(actor=self.user, ticket_id=pk).pk, pk)


class Merge(ActionView):
    """The merge of a ticket into another one of the same contact, and its way back."""

    scopes = {"POST": Scope.TICKETS_WRITE, "DELETE": Scope.TICKETS_WRITE}

    @extend_schema(
        operation_id="tickets_merge", parameters=[IDEMPOTENCY_KEY], request=MergeInput, responses=TicketSerializer
    )
    def post(self, request: Request, pk: int) -> Response:
        """Merge a ticket into another one, which is the answer; 409 when something newer was not seen."""
        self.ticket(pk)
        wanted = self.body(MergeInput)
        if not querysets.tickets(self.user).filter(pk=wanted["into"]).exists():
            raise serializers.ValidationError({"into": [_("There is no such ticket.")]})

        def perform() -> Answer:
            merge(actor=self.user, ticket_id=pk, into_id=wanted["into"], seen_seq=wanted["seen_seq"])
            return Answer(200, TicketSerializer(self.ticket(wanted["into"])).data)

        return self.once(perform)

    @extend_schema(operation_id="tickets_unmerge", responses={200: TicketSerializer})
    def delete(self, request: Request, pk: int) -> Response:
        """Undo a merge; the answer is the conversation's open ticket where there is another one."""
        self.ticket(pk)
        return self.show_if_visible(unmerge(actor=self.user, ticket_id=pk).pk, pk)
