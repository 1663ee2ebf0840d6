"""What the API says about figures; no number is rounded."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext
from rest_framework import serializers

from agents.api.fields import UtcDateTimeField
from analytics.definitions import KPIS, Better, Kpi, Statistic, Unit
from analytics.periods import Period
from analytics.results import Point, Result
from analytics.windows import window_days


def choices(names: Any) -> list[tuple[str, str]]:
    """Return an enumeration's values as choices."""
    return [(str(name), str(name)) for name in names]


STATUSES = choices(["met", "near", "missed", "none"])


class GettextField(serializers.CharField):
    """An English source text in the reader's language."""

    def to_representation(self, value: Any) -> str:
        """Translate."""
        return gettext(str(value))


class TargetSerializer(serializers.Serializer[Any]):
    """Where a value should be: at least `low`, at most `high`."""

    low = serializers.FloatField(allow_null=True)
    high = serializers.FloatField(allow_null=True)


class KpiSerializer(serializers.Serializer[Kpi]):
    """What a figure means."""

    id = serializers.CharField()
    name = GettextField(source="label")
    formula = GettextField()
    unit = serializers.ChoiceField(choices=choices(Unit), help_text="A share goes from 0 to 1.")
    statistic = serializers.ChoiceField(choices=choices(Statistic))
    better = serializers.ChoiceField(choices=choices(Better))
    version = serializers.IntegerField(help_text="Rises when the meaning changes.")
    target = TargetSerializer(allow_null=True, help_text="Where the workspace set none.")
    window_days = serializers.SerializerMethodField(help_text="After so many days a day's values are final.")
    business = serializers.BooleanField(help_text="Whether it exists in business seconds too.")
    dimensions = serializers.SerializerMethodField()
    available = serializers.BooleanField(help_text="False: nothing in the product to compute it from yet.")

    def get_window_days(self, kpi: Kpi) -> int:
        """Return the days that hold in this workspace."""
        return window_days(kpi)

    def get_dimensions(self, kpi: Kpi) -> list[str]:
        """Return what it can be broken down by."""
        return sorted(kpi.dimensions)


class PeriodSerializer(serializers.Serializer[Period]):
    """Local days of the workspace, both included."""

    first = serializers.DateField()
    last = serializers.DateField()


class ProvisionalSerializer(serializers.Serializer[Any]):
    """What the days say that are not final yet."""

    value = serializers.FloatField(allow_null=True)
    n = serializers.IntegerField()
    final_from = serializers.DateField(help_text="The first day on which the whole period is final.")


class ResultSerializer(serializers.Serializer[Result]):
    """One figure for one period."""

    kpi = serializers.CharField()
    unit = serializers.SerializerMethodField()
    value = serializers.FloatField(allow_null=True, help_text="Null when there is nothing to compute it from.")
    n = serializers.IntegerField(help_text="Observations.")
    numerator = serializers.IntegerField(allow_null=True)
    denominator = serializers.IntegerField(allow_null=True)
    median = serializers.FloatField(allow_null=True)
    p90 = serializers.FloatField(allow_null=True)
    mean = serializers.FloatField(allow_null=True)
    interval = serializers.ListField(
        child=serializers.FloatField(), allow_null=True, help_text="95 % (Wilson), of a rate."
    )
    previous = serializers.FloatField(allow_null=True, help_text="The value of the period before, of the same length.")
    previous_n = serializers.IntegerField()
    trend = serializers.FloatField(
        allow_null=True, help_text="Change against it: relative; a difference for shares and points."
    )
    target = TargetSerializer(allow_null=True)
    status = serializers.ChoiceField(choices=STATUSES)
    too_few = serializers.BooleanField(help_text="A rate on too few observations; pages do not show it.")
    provisional = ProvisionalSerializer(allow_null=True)
    definition_version = serializers.IntegerField()

    def get_unit(self, result: Result) -> str:
        """Return the unit of the definition."""
        return str(KPIS[result.kpi].unit)


class ValuesSerializer(serializers.Serializer[Mapping[str, Any]]):
    """Several figures for one period."""

    period = PeriodSerializer()
    as_of = UtcDateTimeField(allow_null=True, help_text="Up to when everything is in the figures.")
    results = ResultSerializer(many=True)


class PointSerializer(serializers.Serializer[Point]):
    """One day."""

    day = serializers.DateField()
    value = serializers.FloatField(allow_null=True)
    n = serializers.IntegerField()
    is_final = serializers.BooleanField()


class SeriesSerializer(serializers.Serializer[Mapping[str, Any]]):
    """A figure day by day."""

    kpi = serializers.CharField()
    period = PeriodSerializer()
    as_of = UtcDateTimeField(allow_null=True)
    points = PointSerializer(many=True)


class PartSerializer(ResultSerializer):
    """A figure for one key of a dimension."""

    key = serializers.CharField(
        help_text="The id of the inbox, topic (a routing rule), team, agent or tag; a channel's name."
    )

    def to_representation(self, instance: Any) -> Any:
        """Show a key with its result."""
        key, result = instance
        return {"key": key, **ResultSerializer(result).data}


class BreakdownSerializer(serializers.Serializer[Mapping[str, Any]]):
    """A figure by the keys of a dimension."""

    kpi = serializers.CharField()
    dimension = serializers.CharField()
    period = PeriodSerializer()
    as_of = UtcDateTimeField(allow_null=True)
    results = PartSerializer(many=True)
