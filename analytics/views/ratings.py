"""What the page of surveys shows beside the figures: how the scores spread, and what customers wrote."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from analytics import charts
from analytics.queries import Reader
from analytics.views.asked import Asked
from analytics.views.words import number
from surveys.models import SurveyResponse
from tickets.models import Ticket

MOST_COMMENTS = 20
SCALES = {"csat": (1, 5), "nps": (0, 10)}
# Of an answer, by filter: who is credited was kept with the question, as in the figures.
COLUMNS = {
    "teams": "invitation__team",
    "agents": "invitation__agent",
    "inboxes": "invitation__ticket__conversation__inbox",
    "channels": "invitation__ticket__conversation__inbox__channel",
    "topics": "invitation__ticket__fact__topic",
}


def given(reader: Reader, asked: Asked) -> dict[str, Any]:
    """Return the spread of the scores and the latest comments."""
    found = reader.scores(asked.period)
    return {
        "distributions": [_spread(kind, found[kind]) for kind in SCALES if found.get(kind)],
        "comments": _comments(reader, asked),
    }


def _tone(kind: str, score: int, highest: int) -> str:
    """Return the colour of a score: good, so-so, or one that calls for attention."""
    if kind == "nps":
        return "measure" if score >= 9 else "quiet" if score >= 7 else "attention"
    return "measure" if score * 10 >= highest * 8 else "quiet" if score * 10 > highest * 5 else "attention"


def _spread(kind: str, counts: dict[int, int]) -> dict[str, Any]:
    low, high = SCALES[kind]
    high = max(high, *counts)
    bars = [
        charts.Bar(
            text=str(score),
            value=counts.get(score, 0),
            tone=_tone(kind, score, high),
            said=ngettext("%(score)d: %(count)s answer", "%(score)d: %(count)s answers", counts.get(score, 0))
            % {"score": score, "count": number(counts.get(score, 0))},
        )
        for score in range(low, high + 1)
    ]
    total = sum(counts.values())
    return {
        "title": _("Satisfaction: scores given") if kind == "csat" else _("Recommendation: scores given"),
        "subtitle": ngettext("%(count)s answer", "%(count)s answers", total) % {"count": number(total)},
        "foot": _("1 is very dissatisfied") if kind == "csat" else _("9 and 10 promote, 0 to 6 detract"),
        "chart": charts.columns(bars, height=180, write=number),
        "rows": [[bar.text, {"text": number(bar.value), "number": True}] for bar in bars],
    }


def _comments(reader: Reader, asked: Asked) -> list[SurveyResponse]:
    begin, end = asked.period.moments()
    found = SurveyResponse.objects.exclude(comment="").filter(
        occurred_at__gte=begin,
        occurred_at__lt=end,
        invitation__ticket__in=Ticket.objects.visible_to(reader.viewer),
        invitation__ticket__fact__is_counted=True,
    )
    for kind, column in COLUMNS.items():
        keys = getattr(reader.filters, kind)
        if keys is not None:
            found = found.filter(**{f"{column}__in": keys})
    if reader.filters.tags is not None:
        tagged = Ticket.objects.filter(tags__in=reader.filters.tags)
        found = found.filter(invitation__ticket__in=tagged.values("pk"))
    related = found.select_related("invitation__agent", "invitation__ticket__conversation__contact")
    return list(related.order_by("-occurred_at")[:MOST_COMMENTS])
