"""Figures over REST: values, days, breakdowns, definitions."""

import datetime as dt
from typing import Any

from django.http import Http404
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from agents.api.fields import Input
from agents.api.views import ApiView
from agents.models import Scope
from analytics.api.serializers import (
    BreakdownSerializer,
    KpiSerializer,
    SeriesSerializer,
    ValuesSerializer,
    choices,
)
from analytics.definitions import KPIS, Kpi, Statistic
from analytics.measures import source_of
from analytics.periods import Period
from analytics.queries import Reader
from analytics.scope import Filters, teams_of_viewer

DEFAULT_DAYS = 30
MAX_DAYS = 400
# Shares of distinct contacts do not add up over days: each day is a query of its own.
MAX_DISTINCT_DAYS = 62
EARLIEST, LATEST = dt.date(2000, 1, 1), dt.date(2200, 1, 1)
MAX_KEY = 2**63 - 1


@extend_schema_field({"type": "array", "items": {"type": "integer", "minimum": 0}})
class KeysField(serializers.MultipleChoiceField):
    """Ids; the parameter is repeated for alternatives."""

    def __init__(self, **options: Any) -> None:
        super().__init__(choices=(), required=False, **options)

    def to_internal_value(self, data: Any) -> Any:
        """Return the ids as a set."""
        known = [str(part) for part in data]
        if not all(part.isascii() and part.isdecimal() and len(part) < 20 and int(part) <= MAX_KEY for part in known):
            raise serializers.ValidationError(_("An id is a positive number."))
        return frozenset(int(part) for part in known)


class KpiQuery(Input):
    """The period and what the figures are restricted to; ids of one kind are alternatives."""

    first = serializers.DateField(required=False, help_text="First local day; 30 days before the last by default.")
    last = serializers.DateField(required=False, help_text="Last local day; today by default.")
    channel = serializers.CharField(max_length=32, required=False)
    inbox = KeysField()
    team = KeysField()
    agent = KeysField()
    tag = KeysField()
    topic = KeysField(help_text="Routing rules that recognised what a ticket is about.")
    variant = serializers.ChoiceField(
        choices=[("business", "business")], required=False, help_text="Business seconds, of durations that have them."
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Make one period of the two days."""
        last = attrs.get("last") or Period.last_days(1).last
        first = attrs.get("first") or last - dt.timedelta(days=DEFAULT_DAYS - 1)
        if not EARLIEST <= first <= last <= LATEST or (last - first).days >= MAX_DAYS:
            text = _("A period begins before it ends and has %(number)d days at most.") % {"number": MAX_DAYS}
            raise serializers.ValidationError({"first": [text]})
        return {**attrs, "period": Period(first, last)}


class ValuesQuery(KpiQuery):
    """Which figures, too."""

    kpi = serializers.MultipleChoiceField(
        choices=choices(KPIS), required=False, help_text="All by default; repeat the parameter."
    )


def is_computed(kpi: Kpi) -> bool:
    """Whether there is anything to compute a figure from."""
    if kpi.statistic in {Statistic.DISTINCT, Statistic.BALANCE}:
        return kpi.available
    try:
        source_of(kpi.id)
    except KeyError:
        return False
    return kpi.available


class KpiView(ApiView):
    """Something about figures."""

    scopes = {"GET": Scope.KPIS_READ}

    def reader(self, query: dict[str, Any]) -> Reader:
        """Return who answers within what the token's owner may read. Raises PermissionDenied, which is 403."""
        channel = query.get("channel")
        return Reader(
            self.user,
            Filters(
                channels=frozenset({channel}) if channel else None,
                inboxes=query.get("inbox"),
                teams=query.get("team"),
                agents=query.get("agent"),
                tags=query.get("tag"),
                topics=query.get("topic"),
            ),
        )

    def known(self, kpi: str, query: dict[str, Any]) -> Kpi:
        """Return a definition that has what the query wants."""
        found = KPIS.get(kpi)
        if found is None or not is_computed(found):
            raise Http404
        if query.get("variant") and not found.business:
            raise serializers.ValidationError({"variant": [_("This figure does not exist in business seconds.")]})
        return found


class Definitions(KpiView):
    """What the figures mean."""

    @extend_schema(operation_id="kpis_definitions", responses=KpiSerializer(many=True))
    def get(self, request: Request) -> Response:
        """List all definitions, in the language of Accept-Language."""
        teams_of_viewer(self.user)
        self.query(Input)
        return Response([KpiSerializer(kpi).data for kpi in KPIS.values()])


class Values(KpiView):
    """Figures of a period."""

    @extend_schema(operation_id="kpis_values", parameters=[ValuesQuery], responses=ValuesSerializer)
    def get(self, request: Request) -> Response:
        """Return figures for a period beside those of the period before."""
        query = self.query(ValuesQuery)
        reader, variant = self.reader(query), query.get("variant", "")
        wanted = query.get("kpi") or set(KPIS)
        ids = [
            kpi.id for kpi in KPIS.values() if kpi.id in wanted and is_computed(kpi) and (kpi.business or not variant)
        ]
        found = reader.kpis(ids, query["period"], variant=variant)
        results = [found[kpi_id] for kpi_id in ids]
        return Response(ValuesSerializer({"period": query["period"], "as_of": reader.as_of, "results": results}).data)


class Series(KpiView):
    """A figure day by day."""

    @extend_schema(operation_id="kpis_series", parameters=[KpiQuery], responses=SeriesSerializer)
    def get(self, request: Request, kpi: str) -> Response:
        """Return one figure for each day of a period."""
        query = self.query(KpiQuery)
        reader, period = self.reader(query), query["period"]
        definition = self.known(kpi, query)
        if definition.statistic is Statistic.DISTINCT and len(period) > MAX_DISTINCT_DAYS:
            text = _("Of this figure %(number)d days can be had at once.") % {"number": MAX_DISTINCT_DAYS}
            raise serializers.ValidationError({"first": [text]})
        points = reader.series(kpi, period, variant=query.get("variant", ""))
        return Response(SeriesSerializer({"kpi": kpi, "period": period, "as_of": reader.as_of, "points": points}).data)


class Breakdown(KpiView):
    """A figure by channel, inbox, topic, team, agent or tag."""

    @extend_schema(operation_id="kpis_breakdown", parameters=[KpiQuery], responses=BreakdownSerializer)
    def get(self, request: Request, kpi: str, dimension: str) -> Response:
        """Return one figure for each key of a dimension."""
        query = self.query(KpiQuery)
        reader, period = self.reader(query), query["period"]
        if dimension not in self.known(kpi, query).dimensions:
            raise Http404
        found = reader.breakdown(kpi, dimension, period, variant=query.get("variant", ""))
        said = {"kpi": kpi, "dimension": dimension, "period": period, "as_of": reader.as_of, "results": found.items()}
        return Response(BreakdownSerializer(said).data)
