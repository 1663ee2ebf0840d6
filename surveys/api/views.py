"""What contacts answered."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from agents.api.fields import Reference, UtcDateTimeField
from agents.api.pagination import MAX_KEY, PageQuery, page_of
from agents.api.views import ApiView
from agents.models import Scope, User
from surveys.models import SurveyKind, SurveyResponse
from tickets.models import Ticket

FILTERS = {
    "kind": "invitation__survey__kind",
    "ticket": "invitation__ticket_id",
    "team": "invitation__team_id",
    "agent": "invitation__agent_id",
    "answered_since": "occurred_at__gte",
    "answered_until": "occurred_at__lt",
}


class SurveyResponseSerializer(serializers.Serializer[SurveyResponse]):
    """The answer that counts to one survey."""

    id = serializers.IntegerField(source="pk")
    kind = serializers.ChoiceField(source="invitation.survey.kind", choices=SurveyKind.choices)
    ticket = serializers.IntegerField(source="invitation.ticket_id")
    team = Reference(source="invitation.team", help_text="Whose work was asked about.")
    agent = Reference(source="invitation.agent", allow_null=True, help_text="Who resolved the ticket.")
    score = serializers.IntegerField()
    lowest = serializers.IntegerField(help_text="The scale at the time of asking.")
    highest = serializers.IntegerField()
    comment = serializers.CharField()
    answered_at = UtcDateTimeField(source="occurred_at")
    recorded_at = UtcDateTimeField()


class SurveyResponseQuery(PageQuery):
    """Filters of the list; all of them hold together."""

    kind = serializers.ChoiceField(choices=SurveyKind.choices, required=False)
    ticket = serializers.IntegerField(min_value=1, max_value=MAX_KEY - 1, required=False)
    team = serializers.IntegerField(min_value=1, max_value=MAX_KEY - 1, required=False)
    agent = serializers.IntegerField(min_value=1, max_value=MAX_KEY - 1, required=False)
    answered_since = UtcDateTimeField(required=False, help_text="Inclusive.")
    answered_until = UtcDateTimeField(required=False, help_text="Exclusive.")
    order = serializers.ChoiceField(choices=("id", "-id", "answered_at", "-answered_at"), default="-id")


def visible_responses(user: User) -> QuerySet[SurveyResponse]:
    """Return the answers about tickets that this person may read; one query."""
    visible = Ticket.objects.visible_to(user)
    return SurveyResponse.objects.filter(invitation__ticket__in=visible.values("pk")).select_related(
        "invitation__survey", "invitation__team", "invitation__agent"
    )


class Responses(ApiView):
    """Answers."""

    scopes = {"GET": Scope.SURVEYS_READ}

    @extend_schema(
        operation_id="survey_responses_list",
        parameters=[SurveyResponseQuery],
        responses=page_of(SurveyResponseSerializer),
    )
    def get(self, request: Request) -> Response:
        """List the answers about visible tickets."""
        query: dict[str, Any] = self.query(SurveyResponseQuery)
        rows = visible_responses(self.user).filter(**{FILTERS[name]: query[name] for name in FILTERS if name in query})
        order = str(query["order"]).replace("answered_at", "occurred_at")
        return self.page(rows, SurveyResponseSerializer, query, order=order)
