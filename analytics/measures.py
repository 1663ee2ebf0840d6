"""Which rows of which table make a figure: written once, for the rollups and for direct questions to the facts.

A source is a table with a day, a team and an agent; a measure is a numerator and a denominator for each of its rows.
Both go through `select`, so that a day's rollup and a direct sum of the facts cannot disagree in what they count.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

DIMENSIONS = ("channel", "inbox", "topic", "team", "agent", "tag")
METRICS = ("first_response", "next_response", "resolution")


@dataclass(frozen=True, kw_only=True)
class Measure:
    """One numerator and one denominator; a row whose denominator is null does not take part."""

    id: str
    numerator: str
    denominator: str = "1"
    packs: bool = False  # whether the single numerators are kept, for medians and percentiles


@dataclass(frozen=True, kw_only=True)
class Source:
    """Where measures of one anchor event come from."""

    name: str
    table: str
    day: str
    team: str
    agent: str
    measures: tuple[Measure, ...]
    counts_agents: bool = False  # only for questions about agents: each agent's own part of a ticket
    counted: str = "f.is_counted"  # the condition of a ticket that counts
    of_people: bool = False  # rows about agents and days, not tickets; an agent may be in several teams


def _duration(name: str, column: str) -> Measure:
    return Measure(id=name, numerator=column, denominator=f"CASE WHEN {column} IS NOT NULL THEN 1 END", packs=True)


def _beside(table: str) -> str:
    return f"{table} x JOIN kpi_fact f ON f.ticket_id = x.fact_id"


CSAT = "CASE WHEN x.survey = 'csat' THEN 1 END"
NPS = "CASE WHEN x.survey = 'nps' THEN 1 END"
SOURCES = (
    Source(
        name="opened",
        table="kpi_fact f",
        day="f.opened_day",
        team="f.opened_team",
        agent="NULL::bigint",
        measures=(Measure(id="volume", numerator="1"),),
    ),
    Source(
        name="replied",
        table="kpi_fact f",
        day="f.replied_day",
        team="f.replied_team",
        agent="f.replied_agent",
        measures=(
            _duration("first_response_time", "f.first_response"),
            _duration("first_response_time.business", "f.first_response_business"),
            _duration("assignment_to_reply_time", "f.assignment_to_reply"),
        ),
    ),
    Source(
        name="acknowledged",
        table="kpi_fact f",
        day="f.acknowledged_day",
        team="f.opened_team",
        agent="NULL::bigint",
        measures=(_duration("acknowledgement_time", "f.acknowledgement"),),
    ),
    Source(
        name="first_solved",
        table="kpi_fact f",
        day="f.first_solved_day",
        team="f.first_solved_team",
        agent="f.first_solved_agent",
        measures=(
            _duration("first_resolution_time", "f.first_resolution"),
            _duration("first_resolution_time.business", "f.first_resolution_business"),
            Measure(id="reopen_rate", numerator="f.is_reopened::int"),
        ),
    ),
    Source(
        name="solved",
        table="kpi_fact f",
        day="f.solved_day",
        team="f.solved_team",
        agent="f.solved_agent",
        measures=(
            _duration("resolution_time", "f.resolution"),
            _duration("resolution_time.business", "f.resolution_business"),
            _duration("work_time", "f.work"),
            _duration("work_time.business", "f.work_business"),
            _duration("handling_time", "f.handling"),
            Measure(
                id="first_contact_resolution",
                numerator="f.is_first_contact::int",
                denominator="CASE WHEN f.solved_agent IS NOT NULL THEN 1 END",
            ),
            Measure(id="deflection_rate", numerator="f.is_deflected::int"),
        ),
    ),
    Source(
        name="missed",
        table="kpi_fact f",
        day="f.missed_day",
        team="f.opened_team",
        agent="NULL::bigint",
        measures=(Measure(id="missed_chats", numerator="1"),),
    ),
    Source(
        name="waits",
        table=_beside("kpi_wait"),
        day="x.day",
        team="x.team",
        agent="x.agent",
        measures=(
            _duration("next_response_time", "x.seconds"),
            _duration("next_response_time.business", "x.business"),
        ),
    ),
    Source(
        name="messages",
        table=_beside("kpi_message_day"),
        day="x.day",
        team="x.team",
        agent="NULL::bigint",
        measures=(
            Measure(id="message_volume", numerator="x.inbound + x.replies + x.automatic"),
            Measure(id="message_volume.inbound", numerator="x.inbound"),
            Measure(id="message_volume.replies", numerator="x.replies"),
            Measure(id="message_volume.automatic", numerator="x.automatic"),
        ),
    ),
    Source(
        name="promises",
        table=_beside("kpi_promise"),
        day="x.day",
        team="x.team",
        agent="x.agent",
        measures=(
            Measure(id="sla_compliance", numerator="x.is_met::int"),
            *(
                Measure(
                    id=f"sla_compliance.{metric}",
                    numerator=f"CASE WHEN x.metric = '{metric}' THEN x.is_met::int END",
                    denominator=f"CASE WHEN x.metric = '{metric}' THEN 1 END",
                )
                for metric in METRICS
            ),
        ),
    ),
    Source(
        name="efforts",
        table=_beside("kpi_effort"),
        day="x.day",
        team="x.team",
        agent="x.agent",
        measures=(_duration("handling_time", "x.seconds"),),
        counts_agents=True,
    ),
    Source(
        name="asked",
        table=_beside("kpi_asked"),
        day="x.day",
        team="x.team",
        agent="x.agent",
        measures=(
            Measure(id="survey_response_rate", numerator="x.is_answered::int"),
            *(
                Measure(
                    id=f"survey_response_rate.{kind}",
                    numerator="x.is_answered::int",
                    denominator=f"CASE WHEN x.survey = '{kind}' THEN 1 END",
                )
                for kind in ("csat", "nps")
            ),
        ),
    ),
    Source(
        name="rated",
        table=_beside("kpi_rated"),
        day="x.day",
        team="x.team",
        agent="x.agent",
        measures=(
            Measure(id="csat", numerator="(10 * x.score >= 8 * x.highest)::int", denominator=CSAT),
            # In 36ths of the scale from 1 to 5, to which the other scale is brought: whole numbers for both.
            Measure(
                id="csat_mean",
                numerator="36 + 144 * (x.score - x.lowest) / (x.highest - x.lowest)",
                denominator=CSAT,
                packs=True,
            ),
            Measure(id="nps", numerator="(x.score >= 9)::int - (x.score <= 6)::int", denominator=NPS),
            Measure(id="nps.promoters", numerator="(x.score >= 9)::int", denominator=NPS),
            Measure(id="nps.detractors", numerator="(x.score <= 6)::int", denominator=NPS),
        ),
    ),
    Source(
        name="presence",
        table="kpi_presence x",
        day="x.day",
        team="NULL::bigint",
        agent="x.agent",
        measures=(
            Measure(id="utilisation", numerator="x.focused", denominator="nullif(x.available, 0)"),
            Measure(id="concurrency", numerator="x.in_hand", denominator="nullif(x.engaged, 0)"),
            Measure(
                id="productivity",
                numerator="(SELECT count(*) FROM kpi_fact s"
                " WHERE s.is_counted AND s.solved_day = x.day AND s.solved_agent = x.agent)",
                denominator="nullif(x.available, 0)",
            ),
        ),
        of_people=True,
    ),
    Source(
        name="steps",
        table=_beside("kpi_step"),
        day="x.day",
        team="x.team",
        agent="x.agent",
        measures=(Measure(id="backlog", numerator="x.delta"),),
        # A ticket was open until it was marked as spam, or merged into another.
        counted="f.is_stock",
    ),
)


@cache
def source_of(measure: str, *, for_agents: bool = False) -> Source:
    """Return the source of a measure; agents may have one of their own. Raises KeyError for a name that is none."""
    found = [source for source in SOURCES if any(known.id == measure for known in source.measures)]
    if not found:
        raise KeyError(measure)
    return max(found, key=lambda source: source.counts_agents == for_agents)


def base(source: Source, measures: Sequence[Measure], condition: str) -> str:
    """Return the rows of a source, one for each thing that happened, with its dimensions and its measures."""
    columns = ", ".join(
        f"CASE WHEN ({one.denominator}) IS NOT NULL THEN {one.numerator} END AS n{place}, {one.denominator} AS d{place}"
        for place, one in enumerate(measures)
    )
    ticket = "f.channel, f.inbox, f.topic, f.tags, NULL::bigint[] AS teams"
    person = "NULL::text AS channel, NULL::bigint AS inbox, NULL::bigint AS topic, NULL::bigint[] AS tags, x.teams"
    return (
        f"SELECT {source.day} AS day, {person if source.of_people else ticket}, {source.team} AS team,"  # noqa: S608
        f" {source.agent} AS agent, {columns}"
        f" FROM {source.table} WHERE {'TRUE' if source.of_people else source.counted} AND {condition}"
    )


def sums(measures: Sequence[Measure]) -> str:
    """Return the aggregates of measures."""
    return ", ".join(
        f"sum(n{place}) AS n{place}, sum(d{place}) AS d{place}, "
        + (
            f"string_agg(int4send(n{place}), ''::bytea) FILTER (WHERE n{place} IS NOT NULL)"
            if one.packs
            else "NULL::bytea"
        )
        + f" AS p{place}"
        for place, one in enumerate(measures)
    )


def sums_of_sums(measures: Sequence[Measure]) -> str:
    """Return the same aggregates of rows that are such sums already."""
    return ", ".join(
        f"sum(n{place}) AS n{place}, sum(d{place}) AS d{place}, "
        + (f"string_agg(p{place}, ''::bytea)" if one.packs else "NULL::bytea")
        + f" AS p{place}"
        for place, one in enumerate(measures)
    )


def unpivot(measures: Sequence[Measure]) -> str:
    """Return one row for each measure instead of columns."""
    rows = ", ".join(f"('{one.id}', g.n{place}, g.d{place}, g.p{place})" for place, one in enumerate(measures))
    return f"CROSS JOIN LATERAL (VALUES {rows}) AS m(measure, numerator, denominator, packed) WHERE m.denominator > 0"
