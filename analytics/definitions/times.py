"""Definitions of durations: how long contacts wait, and how long people work."""

from analytics.definitions.kinds import WITHOUT_AGENT, Better, Kpi, Statistic, Target, Unit, gettext_noop

KPIS = (
    Kpi(
        id="first_response_time",
        label=gettext_noop("First response time"),
        formula=gettext_noop(
            "From the contact's first message to the first reply of a person that the channel accepted. A ticket that a"
            " bot held begins when somebody gets it or a person is wanted, one that only a machine had resolved when it"
            " is reopened. Automatic messages and notes do not count; tickets without a reply are not in it."
        ),
        version=2,
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
            "From the contact's first message to the last time the ticket was resolved; it begins as the first response"
            " time does where a bot held the ticket or only a machine had resolved it. A ticket that is resolved again"
            " moves to the new day, and what only a machine resolved is not in it."
        ),
        version=2,
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
        formula=gettext_noop(
            "From the contact's first message, or from when a bot left the ticket to people, to the first time it was"
            " resolved."
        ),
        version=2,
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
        version=2,
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
)
