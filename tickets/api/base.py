"""What the writing addresses share: an action's refusal is a problem, a creating request has one effect."""

from collections.abc import Callable

from django.shortcuts import get_object_or_404
from rest_framework.response import Response

from agents.api import idempotency
from agents.api.idempotency import Answer
from agents.api.problems import Problem
from agents.api.views import ApiView
from tickets.actions.base import action
from tickets.api import querysets
from tickets.api.serializers import TicketSerializer
from tickets.errors import (
    AlreadyAssigned,
    ChannelRefused,
    HandedOver,
    NewerActivity,
    NotAllowed,
    Refused,
    WrongStatus,
)
from tickets.models import Ticket

CONFLICTS = (AlreadyAssigned, HandedOver, NewerActivity, WrongStatus)


def problem_of(refused: Refused) -> Problem:
    """Return the problem that tells a program what an action tells people."""
    if isinstance(refused, NotAllowed):
        return Problem(403, refused.code, refused.text)
    if isinstance(refused, NewerActivity):
        return Problem(409, refused.code, refused.text, message_ids=list(refused.message_ids))
    if isinstance(refused, ChannelRefused):
        refusal = refused.refusal
        return Problem(422, refused.code, refused.text, refusal=refusal.code, remedy=refusal.remedy)
    return Problem(409 if isinstance(refused, CONFLICTS) else 422, refused.code, refused.text)


class ActionView(ApiView):
    """An address whose methods call actions."""

    def handle_exception(self, exc: Exception) -> Response:
        """Answer a refusal with its problem."""
        return super().handle_exception(problem_of(exc) if isinstance(exc, Refused) else exc)

    def once(self, perform: Callable[[], Answer]) -> Response:
        """Perform a creating request once for its Idempotency-Key; a deadlock repeats all of it."""
        return action(idempotency.once)(self.request, perform)

    def ticket(self, pk: int) -> Ticket:
        """Return a visible ticket; what somebody may not see does not exist."""
        return get_object_or_404(querysets.tickets(self.user), pk=pk)

    def show(self, pk: int) -> Response:
        """Answer with a ticket as it is after an action."""
        return Response(TicketSerializer(self.ticket(pk)).data)

    def show_if_visible(self, found: int, pk: int) -> Response:
        """Answer with the ticket that an action found, else with the one that was asked about."""
        seen = querysets.tickets(self.user).filter(pk=found).exists()
        return self.show(found if seen else pk)
