"""The week by hours, as a table in which darker means more."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.utils import formats
from django.utils.translation import gettext as _

from analytics import charts
from analytics.results import Heatmap
from analytics.views import words

MONDAY = dt.date(2024, 1, 1)


@dataclass(frozen=True)
class HeatCell:
    """One hour of the week."""

    text: str
    level: int
    said: str
    busiest: bool


def heat(found: Heatmap) -> dict[str, Any] | None:
    """Return the week by hours with its busiest hour; None when nobody wrote."""
    averages = [[found.average(day, hour) or 0.0 for hour in range(24)] for day in range(7)]
    most = max(max(row) for row in averages)
    if not most:
        return None
    busiest = next((day, row.index(most)) for day, row in enumerate(averages) if most in row)
    names = [formats.date_format(MONDAY + dt.timedelta(days=day), "D") for day in range(7)]
    long_names = [formats.date_format(MONDAY + dt.timedelta(days=day), "l") for day in range(7)]
    said = _("%(day)s %(hour)02d:00: %(count)s tickets on average")
    rows = [
        {
            "name": names[day],
            "cells": [
                HeatCell(
                    text=words.number(value, 1 if value < 9.95 else 0),
                    level=charts.heat_level(value, most),
                    said=said % {"day": long_names[day], "hour": hour, "count": words.number(value, 1)},
                    busiest=(day, hour) == busiest,
                )
                for hour, value in enumerate(row)
            ],
        }
        for day, row in enumerate(averages)
    ]
    where = _("%(day)s %(hour)02d:00") % {"day": long_names[busiest[0]], "hour": busiest[1]}
    return {"rows": rows, "hours": [f"{hour:02d}" for hour in range(24)], "busiest": where}
