"""What each figure means: one object per KPI, the only place where pages, CSV and API take it from.

Words are English source texts; whoever shows them passes them through gettext. A change of meaning raises `version`.
"""

from dataclasses import dataclass
from enum import StrEnum


def gettext_noop(text: str) -> str:
    """Mark a text for the translators."""
    return text


class Unit(StrEnum):
    """What a value is counted in."""

    SECONDS = "seconds"
    SHARE = "share"  # 0 to 1; pages show per cent
    POINTS = "points"  # -100 to 100
    COUNT = "count"
    MEAN = "mean"  # a score, or a ratio that is no share
    PER_HOUR = "per_hour"


class Statistic(StrEnum):
    """How many observations become one value."""

    MEDIAN = "median"
    MEAN = "mean"
    RATE = "rate"  # numerator / denominator
    NET = "net"  # 100 * (promoters - detractors) / answers
    COUNT = "count"
    BALANCE = "balance"  # what is left at the end of the period
    DISTINCT = "distinct"  # a rate over distinct contacts, which days do not add up to


class Better(StrEnum):
    """Which direction is good."""

    LOWER = "lower"
    HIGHER = "higher"
    BAND = "band"
    NEITHER = "neither"


@dataclass(frozen=True)
class Target:
    """Where the value should be: at most `high`, at least `low`, or between both."""

    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, kw_only=True)
class Kpi:
    """One figure and its meaning."""

    id: str
    label: str
    formula: str
    unit: Unit
    statistic: Statistic
    better: Better
    anchor: str  # the event whose local day a value belongs to
    version: int = 1
    target: Target | None = None
    window_days: int = 0  # after so many days a day's values are final
    business: bool = False  # whether it exists in business seconds too
    dimensions: frozenset[str] = frozenset({"channel", "inbox", "team", "agent", "tag"})
    available: bool = True  # False: defined, and nothing in the product to compute it from yet


WITHOUT_AGENT = frozenset({"channel", "inbox", "team", "tag"})
HEADLINES = (
    "first_response_time",
    "resolution_time",
    "csat",
    "nps",
    "first_contact_resolution",
    "volume",
    "utilisation",
    "backlog",
    "sla_compliance",
)
FCR_WINDOW_DAYS = 7
REPEAT_WINDOW_DAYS = 7
REOPEN_WINDOW_HOURS = 72
NPS_WINDOW_DAYS = 90
MISSED_AFTER_HOURS = 24
TOO_FEW = 10

_ALL = (
    Kpi(
        id="first_response_time",
        label=gettext_noop("First response time"),
        formula=gettext_noop(
            "From the contact's first message to the first reply of a person that the channel accepted."
            " Automatic messages and notes do not count; tickets without a reply are not in it."
        ),
        unit=Unit.SECONDS,
        statistic=Statistic.MEDIAN,
        better=Better.LOWER,
        anchor="first_reply",
        target=Target(high=600),
        business=True,
    ),
    Kpi(
        id="acknowledgement_time",
        label=gettext_noop("Acknowledgement time"),
        formula=gettext_noop("From the contact's first message to the first automatic confirmation that was accepted."),
        unit=Unit.SECONDS,
        statistic=Statistic.MEDIAN,
        better=Better.LOWER,
        anchor="acknowledgement",
        target=Target(high=15),
        dimensions=WITHOUT_AGENT,
    ),
    Kpi(
        id="assignment_to_reply_time",
        label=gettext_noop("Time from assignment to reply"),
        formula=gettext_noop(
            "From the moment the ticket was given to the agent who replied first, to that reply."
            " Tickets that nobody had before the reply are not in it."
        ),
        unit=Unit.SECONDS,
        statistic=Statistic.MEDIAN,
        better=Better.LOWER,
        anchor="first_reply",
    ),
    Kpi(
        id="next_response_time",
        label=gettext_noop("Response time, every reply"),
        formula=gettext_noop(
            "From the oldest message that waits for an answer to the reply of a person that answers it;"
            " each wait counts once, the first included."
        ),
        unit=Unit.SECONDS,
        statistic=Statistic.MEDIAN,
        better=Better.LOWER,
        anchor="reply",
        business=True,
    ),
    Kpi(
        id="resolution_time",
        label=gettext_noop("Resolution time"),
        formula=gettext_noop(
            "From the contact's first message to the last time the ticket was resolved;"
            " a ticket that is resolved again moves to the new day."
        ),
        unit=Unit.SECONDS,
        statistic=Statistic.MEDIAN,
        better=Better.LOWER,
        anchor="last_resolve",
        target=Target(high=510),
        business=True,
    ),
    Kpi(
        id="first_resolution_time",
        label=gettext_noop("Time to first resolution"),
        formula=gettext_noop("From the contact's first message to the first time the ticket was resolved."),
        unit=Unit.SECONDS,
        statistic=Statistic.MEDIAN,
        better=Better.LOWER,
        anchor="first_resolve",
        business=True,
    ),
    Kpi(
        id="work_time",
        label=gettext_noop("Resolution time without waiting"),
        formula=gettext_noop("Resolution time less the time in which the ticket was pending or on hold."),
        unit=Unit.SECONDS,
        statistic=Statistic.MEDIAN,
        better=Better.LOWER,
        anchor="last_resolve",
        business=True,
    ),
    Kpi(
        id="handling_time",
        label=gettext_noop("Handling time"),
        formula=gettext_noop(
            "Seconds in which agents had the ticket before their eyes (talking, holding, after-work),"
            " divided by the resolved tickets that a person worked on."
        ),
        unit=Unit.SECONDS,
        statistic=Statistic.MEAN,
        better=Better.LOWER,
        anchor="last_resolve",
    ),
    Kpi(
        id="csat",
        label=gettext_noop("CSAT"),
        formula=gettext_noop("Satisfied answers divided by all answers: 4 and 5 of 5, or 8 to 10 of 10."),
        unit=Unit.SHARE,
        statistic=Statistic.RATE,
        better=Better.HIGHER,
        anchor="answer",
        target=Target(low=0.7),
    ),
    Kpi(
        id="csat_mean",
        label=gettext_noop("CSAT, mean score"),
        formula=gettext_noop("Mean of the scores, each brought to the range 0 to 1, shown as 1 to 5."),
        unit=Unit.MEAN,
        statistic=Statistic.MEAN,
        better=Better.HIGHER,
        anchor="answer",
    ),
    Kpi(
        id="nps",
        label=gettext_noop("NPS"),
        formula=gettext_noop(
            "Share of promoters (9 and 10) less share of detractors (0 to 6), times 100;"
            " of one contact only the newest answer within 90 days."
        ),
        unit=Unit.POINTS,
        statistic=Statistic.NET,
        better=Better.HIGHER,
        anchor="answer",
    ),
    Kpi(
        id="survey_response_rate",
        label=gettext_noop("Survey response rate"),
        formula=gettext_noop("Surveys answered within 7 days divided by surveys delivered, by the day of sending."),
        unit=Unit.SHARE,
        statistic=Statistic.RATE,
        better=Better.HIGHER,
        anchor="survey_sent",
        window_days=7,
    ),
    Kpi(
        id="first_contact_resolution",
        label=gettext_noop("First contact resolution"),
        formula=gettext_noop(
            "Tickets resolved by one person, not handed over after the first reply, not reopened and not followed by"
            " another ticket of the contact within 7 days, divided by all tickets that a person resolved."
        ),
        unit=Unit.SHARE,
        statistic=Statistic.RATE,
        better=Better.HIGHER,
        anchor="last_resolve",
        target=Target(low=0.7),
        window_days=FCR_WINDOW_DAYS,
    ),
    Kpi(
        id="repeat_contact_rate",
        label=gettext_noop("Repeat contacts"),
        formula=gettext_noop(
            "Contacts with another ticket within 7 days after one was resolved,"
            " divided by contacts with a resolved ticket."
        ),
        unit=Unit.SHARE,
        statistic=Statistic.DISTINCT,
        better=Better.LOWER,
        anchor="last_resolve",
        window_days=REPEAT_WINDOW_DAYS,
    ),
    Kpi(
        id="reopen_rate",
        label=gettext_noop("Reopen rate"),
        formula=gettext_noop(
            "Tickets reopened within 72 hours after they were first resolved, divided by tickets first resolved;"
            " a resolve that was taken back and a mere thank-you do not count."
        ),
        unit=Unit.SHARE,
        statistic=Statistic.RATE,
        better=Better.LOWER,
        anchor="first_resolve",
        window_days=REOPEN_WINDOW_HOURS // 24,
    ),
    Kpi(
        id="volume",
        label=gettext_noop("New tickets"),
        formula=gettext_noop("Tickets opened in the period; test contacts do not count."),
        unit=Unit.COUNT,
        statistic=Statistic.COUNT,
        better=Better.NEITHER,
        anchor="opened",
        dimensions=WITHOUT_AGENT,
    ),
    Kpi(
        id="message_volume",
        label=gettext_noop("Messages"),
        formula=gettext_noop(
            "Messages of contacts, and messages to them that were accepted, each by its own day; notes do not count."
        ),
        unit=Unit.COUNT,
        statistic=Statistic.COUNT,
        better=Better.NEITHER,
        anchor="message",
        dimensions=WITHOUT_AGENT,
    ),
    Kpi(
        id="backlog",
        label=gettext_noop("Open tickets"),
        formula=gettext_noop(
            "Tickets that are new, open, pending or on hold at the end of the period, or now if it has not ended."
        ),
        unit=Unit.COUNT,
        statistic=Statistic.BALANCE,
        better=Better.LOWER,
        anchor="change",
    ),
    Kpi(
        id="sla_compliance",
        label=gettext_noop("SLA met"),
        formula=gettext_noop(
            "Promises kept divided by promises kept or broken. One is broken when its time passes, though the ticket"
            " is still open; one that no longer holds does not count."
        ),
        unit=Unit.SHARE,
        statistic=Statistic.RATE,
        better=Better.HIGHER,
        anchor="promise",
        target=Target(low=0.95),
    ),
    Kpi(
        id="utilisation",
        label=gettext_noop("Utilisation"),
        formula=gettext_noop(
            "Time in which an agent was available and worked at a ticket, divided by the time available."
        ),
        unit=Unit.SHARE,
        statistic=Statistic.RATE,
        better=Better.BAND,
        anchor="presence",
        target=Target(low=0.85, high=0.9),
        dimensions=frozenset({"agent", "team"}),
    ),
    Kpi(
        id="concurrency",
        label=gettext_noop("Tickets in hand"),
        formula=gettext_noop(
            "Tickets assigned and open per agent, averaged over the time in which the agent was available."
        ),
        unit=Unit.MEAN,
        statistic=Statistic.RATE,
        better=Better.NEITHER,
        anchor="presence",
        dimensions=frozenset({"agent", "team"}),
        available=False,
    ),
    Kpi(
        id="productivity",
        label=gettext_noop("Resolved per hour"),
        formula=gettext_noop("Tickets that agents resolved, divided by the hours in which they were available."),
        unit=Unit.PER_HOUR,
        statistic=Statistic.RATE,
        better=Better.HIGHER,
        anchor="presence",
        dimensions=frozenset({"agent", "team"}),
    ),
    Kpi(
        id="deflection_rate",
        label=gettext_noop("Resolved without a person"),
        formula=gettext_noop(
            "Tickets resolved without any message or act of a person, and quiet for 72 hours, divided by all tickets."
        ),
        unit=Unit.SHARE,
        statistic=Statistic.RATE,
        better=Better.HIGHER,
        anchor="opened",
        window_days=3,
        dimensions=WITHOUT_AGENT,
        available=False,
    ),
    Kpi(
        id="missed_chats",
        label=gettext_noop("Missed chats"),
        formula=gettext_noop(
            "Tickets without a reply of a person in the 24 hours after the contact's last message,"
            " by the day on which the 24 hours ended; days that are not over do not count."
        ),
        unit=Unit.COUNT,
        statistic=Statistic.COUNT,
        better=Better.LOWER,
        anchor="window_end",
        dimensions=WITHOUT_AGENT,
    ),
    Kpi(
        id="returning_contact_rate",
        label=gettext_noop("Returning contacts"),
        formula=gettext_noop(
            "Contacts who opened a ticket and had one before, divided by all contacts who opened a ticket."
        ),
        unit=Unit.SHARE,
        statistic=Statistic.DISTINCT,
        better=Better.NEITHER,
        anchor="opened",
        dimensions=WITHOUT_AGENT,
    ),
    Kpi(
        id="retention_rate",
        label=gettext_noop("Retention"),
        formula=gettext_noop(
            "Active customers at the end less new ones, divided by active customers at the beginning;"
            " needs a list of active customers, which no source provides yet."
        ),
        unit=Unit.SHARE,
        statistic=Statistic.RATE,
        better=Better.HIGHER,
        anchor="period",
        dimensions=frozenset(),
        available=False,
    ),
)
KPIS: dict[str, Kpi] = {kpi.id: kpi for kpi in _ALL}
