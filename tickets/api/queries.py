"""What lists can be asked for; an unknown parameter is refused, so that a misspelt filter never shows everything."""

from typing import Any

from django.db.models import QuerySet
from rest_framework import serializers

from agents.api.fields import UtcDateTimeField
from agents.api.pagination import MAX_KEY, PageQuery
from tickets.api.serializers import PriorityField
from tickets.models import Message, MessageKind, Status, Ticket

ORDERS = ("id", "-id", "opened_at", "-opened_at", "updated_at", "-updated_at")
COLUMNS = {"updated_at": "last_activity_at"}
FILTERS = {
    "team": "team_id",
    "assignee": "assignee_id",
    "inbox": "conversation__inbox_id",
    "contact": "conversation__contact_id",
    "priority": "priority",
    "status": "status__in",
    "unassigned": "assignee__isnull",
    "opened_since": "opened_at__gte",
    "opened_until": "opened_at__lt",
    "updated_since": "last_activity_at__gte",
    "updated_until": "last_activity_at__lt",
    "tag": "tags__name__iexact",
}


class KeyField(serializers.IntegerField):
    """The id of something."""

    def __init__(self, **options: Any) -> None:
        super().__init__(min_value=1, max_value=MAX_KEY - 1, **options)


class TicketQuery(PageQuery):
    """Filters of the list of tickets; all of them hold together."""

    status = serializers.MultipleChoiceField(
        choices=Status.choices, required=False, help_text="Any of these; repeat the parameter."
    )
    team = KeyField(required=False)
    assignee = KeyField(required=False)
    unassigned = serializers.BooleanField(required=False)
    spam = serializers.BooleanField(required=False, help_text="Only spam, or none of it; without it both.")
    inbox = KeyField(required=False)
    contact = KeyField(required=False)
    tag = serializers.CharField(max_length=40, required=False)
    priority = PriorityField(required=False)
    opened_since = UtcDateTimeField(required=False, help_text="Inclusive.")
    opened_until = UtcDateTimeField(required=False, help_text="Exclusive.")
    updated_since = UtcDateTimeField(required=False, help_text="Inclusive.")
    updated_until = UtcDateTimeField(required=False, help_text="Exclusive.")
    order = serializers.ChoiceField(choices=ORDERS, default="-id", help_text="A minus turns it round.")


class MessageQuery(PageQuery):
    """Filters of the list of messages."""

    kind = serializers.ChoiceField(choices=MessageKind.choices, required=False)
    contact = KeyField(required=False)
    recorded_since = UtcDateTimeField(required=False, help_text="Inclusive.")
    order = serializers.ChoiceField(choices=("id", "-id"), default="-id", help_text="A minus turns it round.")


class ContactQuery(PageQuery):
    """Filters of the list of contacts."""

    phone = serializers.CharField(max_length=32, required=False, help_text="The number as it is shown, exactly.")
    order = serializers.ChoiceField(choices=("id", "-id"), default="-id", help_text="A minus turns it round.")


def filtered_tickets(rows: QuerySet[Ticket], query: dict[str, Any]) -> QuerySet[Ticket]:
    """Keep the tickets that fit."""
    wanted = {FILTERS[name]: query[name] for name in FILTERS if query.get(name) not in (None, set())}
    if query.get("spam") is not None:
        wanted["spam_at__isnull"] = not query["spam"]
    return rows.filter(**wanted)


def order_of_tickets(query: dict[str, Any]) -> str:
    """Return the column that the wanted order sorts by."""
    order = str(query["order"])
    name = order.lstrip("-")
    return order.replace(name, COLUMNS.get(name, name))


def filtered_messages(rows: QuerySet[Message], query: dict[str, Any]) -> QuerySet[Message]:
    """Keep the messages that fit."""
    names = {"kind": "kind", "contact": "conversation__contact_id", "recorded_since": "recorded_at__gte"}
    return rows.filter(**{names[name]: query[name] for name in names if name in query})
