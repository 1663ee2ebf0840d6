"""What is so now, beside what was: who waits, how old open tickets are; and when a period was busiest."""

import datetime as dt
from typing import Any

from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from analytics import charts
from analytics.definitions import KPIS
from analytics.queries import Reader
from analytics.queries.peaks import Peaks
from analytics.results import Ages
from analytics.views import words
from helpdesk import clock
from tickets.models import Ticket


def waits(reader: Reader) -> dict[str, Any]:
    """Return who waits for a first answer now; the oldest with a link where the reader may open it."""
    found = reader.waiting()
    since = found.oldest_since
    oldest = found.oldest_ticket
    mine = oldest is not None and Ticket.objects.visible_to(reader.viewer).filter(pk=oldest).exists()
    return {
        "count": words.number(found.count),
        "late": words.number(found.late),
        "is_late": found.late > 0,
        "target": words.bounds(KPIS["first_response_time"], reader.targets.get("first_response_time")),
        "oldest": words.duration((clock.now() - since).total_seconds()) if since else "–",
        "ticket": oldest if mine else None,
    }


def age_columns(ages: Ages) -> dict[str, Any]:
    """Return the open tickets by age as columns, the old ones marked."""
    bars = [
        charts.Bar(
            text=text,
            value=count,
            tone=tone,
            said=ngettext("%(age)s: %(count)s ticket", "%(age)s: %(count)s tickets", count)
            % {"age": text, "count": words.number(count)},
        )
        for text, count, tone in (
            (_("Under 1 day"), ages.under_1_day, "measure"),
            (_("1 to 3 days"), ages.under_3_days, "measure"),
            (_("3 to 7 days"), ages.under_7_days, "attention"),
            (_("Over 7 days"), ages.older, "attention"),
        )
    ]
    oldest = ages.oldest_opened_at
    return {
        "chart": charts.columns(bars, height=180, write=words.number),
        "rows": [[bar.text, {"text": words.number(bar.value), "number": True}] for bar in bars],
        "oldest": words.duration((clock.now() - oldest).total_seconds()) if oldest else "",
    }


def busiest(found: Peaks | None) -> list[str]:
    """Return the peaks of a period as sentences; none when nobody wrote."""
    if found is None:
        return []
    begin = timezone.localtime(found.most_from)
    end = begin + dt.timedelta(hours=1)
    return [
        ngettext(
            "In the busiest %(hours)s hour came at least %(least)s tickets: %(share)s of all.",
            "In each of the busiest %(hours)s hours (5 %%) came at least %(least)s tickets: together %(share)s of all.",
            found.hours,
        )
        % {"hours": words.number(found.hours), "least": words.number(found.least), "share": words.percent(found.share)},
        ngettext(
            "Most within 60 minutes: %(count)s ticket, on %(day)s from %(from)s to %(to)s.",
            "Most within 60 minutes: %(count)s tickets, on %(day)s from %(from)s to %(to)s.",
            found.most,
        )
        % {
            "count": words.number(found.most),
            "day": formats.date_format(begin, "SHORT_DATE_FORMAT"),
            "from": formats.date_format(begin, "H:i"),
            "to": formats.date_format(end, "H:i"),
        },
    ]
