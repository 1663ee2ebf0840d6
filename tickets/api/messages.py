"""Messages: read, said, and taken back."""

import uuid
from typing import Any

from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from agents.api.idempotency import Answer
from agents.api.pagination import page_of
from agents.api.problems import CONTENT_TYPE, details
from agents.api.schema import IDEMPOTENCY_KEY
from agents.api.views import ApiView
from agents.models import Scope
from tickets.actions import bots, decisions, messaging
from tickets.api import querysets
from tickets.api.base import ActionView
from tickets.api.inputs import MessageInput
from tickets.api.queries import MessageQuery, filtered_messages
from tickets.api.serializers import MessageSerializer, TemplateSerializer
from tickets.channels import get_channel
from tickets.errors import HandedOver
from tickets.models import AuthorKind, Message, MessageKind


class Messages(ApiView):
    """Messages of all visible tickets."""

    scopes = {"GET": Scope.TICKETS_READ}

    @extend_schema(operation_id="messages_list", parameters=[MessageQuery], responses=page_of(MessageSerializer))
    def get(self, request: Request) -> Response:
        """List messages, the newest first."""
        query = self.query(MessageQuery)
        rows = filtered_messages(querysets.messages(self.user), query)
        return self.page(rows, MessageSerializer, query, order=query["order"])


class MessageDetail(ActionView):
    """One message."""

    scopes = {"GET": Scope.TICKETS_READ, "DELETE": Scope.MESSAGES_WRITE}

    def show_message(self, pk: int) -> Response:
        """Answer with a visible message."""
        return Response(MessageSerializer(get_object_or_404(querysets.messages(self.user), pk=pk)).data)

    @extend_schema(operation_id="messages_get", responses=MessageSerializer)
    def get(self, request: Request, pk: int) -> Response:
        """Return one message and what became of it."""
        return self.show_message(pk)

    @extend_schema(operation_id="messages_undo", responses={200: MessageSerializer})
    def delete(self, request: Request, pk: int) -> Response:
        """Take back a reply that has not left; 409 when it has."""
        ours = querysets.messages(self.user).filter(kind=MessageKind.OUTBOUND, author_kind=AuthorKind.AGENT)
        replies = ours.filter(ticket__isnull=False)
        get_object_or_404(replies, pk=pk)
        decisions.undo_reply(actor=self.user, message_id=pk)
        return self.show_message(pk)


class TicketMessages(ActionView):
    """What was said in one ticket."""

    scopes = {"GET": Scope.TICKETS_READ, "POST": Scope.MESSAGES_WRITE}
    open_to_bots = frozenset({"POST"})

    @extend_schema(
        operation_id="tickets_messages_list", parameters=[MessageQuery], responses=page_of(MessageSerializer)
    )
    def get(self, request: Request, pk: int) -> Response:
        """List the messages and notes of one ticket, the newest first."""
        query = self.query(MessageQuery)
        ticket = self.ticket(pk)
        rows = filtered_messages(querysets.messages(self.user).filter(ticket=ticket), query)
        return self.page(rows, MessageSerializer, query, order=query["order"])

    @extend_schema(
        operation_id="tickets_messages_create",
        parameters=[IDEMPOTENCY_KEY],
        request=MessageInput,
        responses={201: MessageSerializer},
    )
    def post(self, request: Request, pk: int) -> Response:
        """Send a reply to the contact, or write a note."""
        ticket = self.ticket(pk)
        wanted = self.body(MessageInput)
        quoted = wanted.get("quoted")
        if self.token.is_bot and (wanted["kind"] == "note" or quoted or "template" in wanted):
            raise serializers.ValidationError({"kind": [_("A bot only answers, in words of its own.")]})
        if quoted and not querysets.messages(self.user).filter(pk=quoted, ticket=ticket).exists():
            raise serializers.ValidationError({"quoted": [_("This ticket has no such message.")]})

        def perform() -> Answer:
            message = self._say(pk, wanted, quoted)
            if message is None:
                return Answer(
                    409,
                    details(409, HandedOver.code, _("The answers before did not help: people have this ticket now.")),
                )
            return Answer(201, MessageSerializer(querysets.messages(self.user).get(pk=message.pk)).data)

        response = self.once(perform)
        if response.status_code == 409:
            response.content_type = CONTENT_TYPE
            return response
        response.headers["Location"] = request.build_absolute_uri(reverse("api:message", args=[response.data["id"]]))
        return response

    def _say(self, ticket_id: int, wanted: dict[str, Any], quoted: int | None) -> Message | None:
        """Call the action; repetitions are the Idempotency-Key's concern, so the id is new."""
        if self.token.is_bot:
            return bots.answer(actor=self.user, ticket_id=ticket_id, text=wanted["text"])
        if wanted["kind"] == "note":
            return messaging.add_note(actor=self.user, ticket_id=ticket_id, text=wanted["text"], client_id=uuid.uuid4())
        if "template" in wanted:
            return messaging.send_template(
                actor=self.user,
                ticket_id=ticket_id,
                key=wanted["template"]["key"],
                variables=wanted["template"].get("variables", {}),
                client_id=uuid.uuid4(),
                seen_seq=wanted["seen_seq"],
            )
        return messaging.reply(
            actor=self.user,
            ticket_id=ticket_id,
            text=wanted["text"],
            client_id=uuid.uuid4(),
            seen_seq=wanted["seen_seq"],
            quoted_id=quoted,
        )


class TicketTemplates(ActionView):
    """What may be said in a ticket where free text may not."""

    scopes = {"GET": Scope.TICKETS_READ}

    @extend_schema(operation_id="tickets_templates_list", responses=TemplateSerializer(many=True))
    def get(self, request: Request, pk: int) -> Response:
        """List the approved templates that may be sent to this contact now."""
        conversation = self.ticket(pk).conversation
        choices = get_channel(conversation.inbox).templates(conversation)
        return Response([TemplateSerializer(one).data for one in choices])
