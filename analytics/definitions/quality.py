"""Definitions of what contacts think and whether what was resolved stays resolved."""

from analytics.definitions.kinds import (
    FCR_WINDOW_DAYS,
    REOPEN_WINDOW_HOURS,
    REPEAT_WINDOW_DAYS,
    Better,
    Kpi,
    Statistic,
    Target,
    Unit,
    gettext_noop,
)

KPIS = (
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
            "Tickets reopened within the reopen window of their number (usually 72 hours) after they were first"
            " resolved, divided by tickets first resolved; a resolve that was taken back and a mere thank-you do not"
            " count."
        ),
        version=2,
        unit=Unit.SHARE,
        statistic=Statistic.RATE,
        better=Better.LOWER,
        anchor="first_resolve",
        window_days=REOPEN_WINDOW_HOURS // 24,
    ),
)
