"""Definitions of how much comes, how much is left, and who has it in hand."""

from analytics.definitions.kinds import (
    DEFLECTION_HOURS,
    WITHOUT_AGENT,
    Better,
    Kpi,
    Statistic,
    Target,
    Unit,
    gettext_noop,
)

KPIS = (
    Kpi(
        id="volume",
        label=gettext_noop("New tickets"),
        formula=gettext_noop(
            "Tickets opened in the period; test contacts, spam and tickets merged into others do not count."
        ),
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
            "Time in which each ticket was in hand, added up, divided by the time in which any was, while the agent was"
            " available. A ticket is in hand while it is before the agent's eyes, and in breaks of up to 5 minutes."
        ),
        unit=Unit.MEAN,
        statistic=Statistic.RATE,
        better=Better.NEITHER,
        anchor="presence",
        version=2,
        dimensions=frozenset({"agent", "team"}),
    ),
    Kpi(
        id="productivity",
        label=gettext_noop("Resolved per hour"),
        formula=gettext_noop(
            "Tickets that agents resolved on days on which they were available,"
            " divided by the hours in which they were."
        ),
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
            "Resolved tickets in which no person wrote, the contact asked for none, and neither a reopening nor another"
            " ticket of the contact followed within 72 hours, divided by all resolved tickets. The silence is taken for"
            " a yes; nobody is asked."
        ),
        unit=Unit.SHARE,
        statistic=Statistic.RATE,
        better=Better.HIGHER,
        anchor="last_resolve",
        version=2,
        window_days=DEFLECTION_HOURS // 24,
        dimensions=WITHOUT_AGENT,
    ),
    Kpi(
        id="missed_chats",
        label=gettext_noop("Missed chats"),
        formula=gettext_noop(
            "Tickets that nobody answered or resolved in the 24 hours after the contact's last message,"
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
