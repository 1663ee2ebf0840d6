"""A ticket as somebody opens it, with what its page and its actions stand on; one question, put together once."""

from collections.abc import Iterator
from itertools import islice
from typing import Any, TypeVar

from django.db import connection, models

from agents.models import Team, User
from tickets.models import Contact, Conversation, Inbox, Ticket, visible_in_sql

M = TypeVar("M", bound=models.Model)
WHOLE: tuple[tuple[type[models.Model], str], ...] = (
    (Ticket, "t"),
    (Conversation, "c"),
    (Contact, "p"),
    (Inbox, "i"),
)
COLUMNS = ", ".join(f"{alias}.{field.column}" for model, alias in WHOLE for field in model._meta.concrete_fields)
# Each further join would make the planner weigh all orders of joining: it takes longer than the answer.
QUESTION = f"""
SELECT {COLUMNS}, (SELECT m.name FROM agents_team m WHERE m.id = t.team_id),
  (SELECT ARRAY[a.username, a.first_name, a.last_name] FROM agents_user a WHERE a.id = t.assignee_id)
FROM tickets_ticket t JOIN tickets_conversation c ON c.id = t.conversation_id
JOIN tickets_contact p ON p.id = c.contact_id JOIN tickets_inbox i ON i.id = c.inbox_id
WHERE t.id = %(ticket)s AND (SELECT {{visible}})
"""  # noqa: S608 - our own names
# No number of a ticket is higher.
HIGHEST = 2**63 - 1


def _made(model: type[M], values: Iterator[Any]) -> M:
    """Take the columns of one row."""
    fields = model._meta.concrete_fields
    return model.from_db(connection.alias, [field.attname for field in fields], list(islice(values, len(fields))))


def opened(user: User, pk: int) -> Ticket | None:
    """Return a ticket if this person may read it, with its conversation, contact and inbox.

    Team and assignee know their names; anything else of them is asked for when it is needed.
    """
    if pk > HIGHEST:
        return None
    with connection.cursor() as cursor:
        cursor.execute(QUESTION.format(visible=visible_in_sql(user)), {"ticket": pk, "user": user.pk})
        row = cursor.fetchone()
    if row is None:
        return None
    values = iter(row)
    ticket, conversation = _made(Ticket, values), _made(Conversation, values)
    ticket.conversation = conversation
    conversation.contact, conversation.inbox = _made(Contact, values), _made(Inbox, values)
    team, assignee = values
    ticket.team = Team.from_db(connection.alias, ["id", "name"], [ticket.team_id, team])
    if assignee is not None:
        names = ["id", "username", "first_name", "last_name"]  # in the order of the columns
        ticket.assignee = User.from_db(connection.alias, names, [ticket.assignee_id, *assignee])
    return ticket
