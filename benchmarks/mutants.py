"""Errors that the random histories must find: each breaks one rule of the figures in a copy of the code.

`make mutants` runs the histories once for each, a quarter of an hour in all, and names those that nobody noticed.
With words, only the ones whose line has them: `python -m benchmarks.mutants nps csat`.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[1]
HISTORIES = ("tests/analytics/test_truth.py", "-k", "random_history")


class Mutant(NamedTuple):
    """One error: what it gets wrong, and where a text becomes another."""

    figure: str
    what: str
    file: str
    before: str
    after: str


FACT, ROWS, STORY, WORK = (f"analytics/fold/{name}.py" for name in ("fact", "rows", "story", "work"))
MUTANTS = (
    Mutant(
        "first_response_time",
        "credited to whoever has the ticket last",
        FACT,
        '"replied_agent": story.first.message.author',
        '"replied_agent": story.moves[-1].assignee',
    ),
    Mutant(
        "first_response_time",
        "what we say before the contact is a reply",
        STORY,
        "if one.message.seq > self.heard_seq",
        "if one.message.seq > 0",
    ),
    Mutant(
        "first_response_time",
        "office hours are those of the clock",
        FACT,
        "story.business(hours, since, at)",
        "story.wall(since, at)",
    ),
    Mutant(
        "first_response_time",
        "a machine replies like a person",
        STORY,
        'if one.message.purpose == "reply" and one.message.author_kind == "agent"',
        'if one.message.purpose == "reply"',
    ),
    Mutant(
        "first_response_time",
        "what a machine resolved does not begin anew",
        STORY,
        "since, hours = solve.reopened_at, where.hours_at(begun)",
        "pass",
    ),
    Mutant(
        "first_response_time",
        "what a bot held had waited for people all along",
        STORY,
        "since, hours = passed.occurred_at, where.hours_at(passed.seq)",
        "pass",
    ),
    Mutant(
        "first_response_time",
        "only who asks for a person is handed over",
        STORY,
        "event.seq >= begun and (wanted or event.assignee is not None)",
        "event.seq >= begun and wanted",
    ),
    Mutant(
        "first_response_time",
        "a reply that failed counts",
        STORY,
        "self._denied[message] = accepted.pop(message)",
        "pass",
    ),
    Mutant(
        "first_response_time",
        "what comes late may be any age",
        STORY,
        "(max(m.occurred_at, floor), m) for m in log.messages",
        "(m.occurred_at, m) for m in log.messages",
    ),
    Mutant(
        "acknowledgement_time",
        "from the opening",
        FACT,
        "story.wall(story.own_began_at, at)}",
        "story.wall(story.opened.recorded_at, at)}",
    ),
    Mutant(
        "assignment_to_reply_time",
        "from when somebody had it first",
        FACT,
        "if event.assignee != assignee:",
        "if assignee is None and event.assignee:",
    ),
    Mutant(
        "next_response_time",
        "from the newest message",
        ROWS,
        "if oldest is None or (one.at, one.seq) < (oldest.at, oldest.seq):",
        "if True:",
    ),
    Mutant(
        "next_response_time",
        "a thank-you waits for an answer",
        STORY,
        "return event is not None and bool(event.status) and event.status not in OPEN",
        "return False",
    ),
    Mutant(
        "resolution_time",
        "to the first resolve",
        FACT,
        '"resolution": wall,',
        '"resolution": story.wall(began_at, first.at),',
    ),
    Mutant(
        "resolution_time",
        "a resolve that was taken back counts",
        STORY,
        "self.void |= {self.solves.pop().seq, event.seq}",
        "pass",
    ),
    Mutant(
        "first_resolution_time",
        "to the last resolve",
        FACT,
        '"first_resolution": story.wall(began_at, first.at) if again else wall',
        '"first_resolution": wall',
    ),
    Mutant("work_time", "on hold is no pause", FACT, 'frozenset({"pending", "on_hold"})', 'frozenset({"pending"})'),
    Mutant("work_time", "pending is no pause", FACT, 'frozenset({"pending", "on_hold"})', 'frozenset({"on_hold"})'),
    Mutant("handling_time", "holding has no limit", WORK, '"hold": 120.0', '"hold": 1e9'),
    Mutant("handling_time", "after-work has no limit", WORK, '"after": 300.0', '"after": 1e9'),
    Mutant("handling_time", "an estimate has no limit", WORK, "ESTIMATE_AT_MOST = 300", "ESTIMATE_AT_MOST = 3000"),
    Mutant(
        "csat",
        "7 of 10 is satisfied",
        "analytics/measures.py",
        "(10 * x.score >= 8 * x.highest)",
        "(10 * x.score >= 7 * x.highest)",
    ),
    Mutant("csat", "3 of 5 is satisfied", "analytics/measures.py", "(10 * x.score >= 8 * x.highest)", "(x.score >= 3)"),
    Mutant(
        "csat_mean",
        "scales begin at 0",
        "analytics/measures.py",
        "144 * (x.score - x.lowest) / (x.highest - x.lowest)",
        "144 * x.score / x.highest",
    ),
    Mutant(
        "nps",
        "every answer counts",
        ROWS,
        "if one.answered_at is not None and not one.is_superseded",
        "if one.answered_at is not None",
    ),
    Mutant(
        "nps",
        "of a contact only the newest answer ever",
        "analytics/loading.py",
        "interval '{NPS_WINDOW_DAYS} days'",
        "interval '9{NPS_WINDOW_DAYS} days'",
    ),
    Mutant("nps", "8 is a promoter", "analytics/measures.py", '"(x.score >= 9)::int - (', '"(x.score >= 8)::int - ('),
    Mutant(
        "survey_response_rate",
        "any answer is in time",
        ROWS,
        "ANSWER_WINDOW = dt.timedelta(days=7)",
        "ANSWER_WINDOW = dt.timedelta(days=700)",
    ),
    Mutant(
        "survey_response_rate",
        "what never arrived counts",
        ROWS,
        "if one.is_delivered or one.answered_at is not None",
        "if True",
    ),
    Mutant(
        "first_contact_resolution",
        "two people may answer",
        FACT,
        "return len(people) == 1 and not reopened",
        "return not reopened",
    ),
    Mutant(
        "first_contact_resolution",
        "handing over is allowed",
        FACT,
        "not reopened and not handed_over",
        "not reopened",
    ),
    Mutant(
        "first_contact_resolution",
        "whoever comes back within the week was helped",
        "analytics/fold/__init__.py",
        'one["is_one_touch"] and (pause is None or pause > fact.FCR_WINDOW)',
        'one["is_one_touch"]',
    ),
    Mutant(
        "repeat_contact_rate",
        "any return is one",
        "analytics/queries/counted.py",
        "'{kpi.window_days} days'",
        "'{kpi.window_days}00 days'",
    ),
    Mutant(
        "returning_contact_rate",
        "whoever was resolved once returns",
        "analytics/fold/__init__.py",
        'bool(openings) and openings[0] < one["opened_at"]',
        'one["solved_at"] is not None',
    ),
    Mutant(
        "reopen_rate",
        "every number has the usual window",
        STORY,
        '(event.data or {}).get("reopens_within", REOPENS_WITHIN)',
        "REOPENS_WITHIN",
    ),
    Mutant(
        "reopen_rate",
        "a linked ticket is a reopening",
        STORY,
        'case "reopened" if self.solves and "linked" not in data and',
        'case "reopened" if self.solves and',
    ),
    Mutant(
        "volume",
        "test contacts count",
        STORY,
        "return not self.aside and not self.log.is_test and any(one.inbound for one in self.all)",
        "return not self.aside and any(one.inbound for one in self.all)",
    ),
    Mutant(
        "volume",
        "what we began counts at once",
        STORY,
        "return not self.aside and not self.log.is_test and any(one.inbound for one in self.all)",
        "return not self.aside and not self.log.is_test",
    ),
    Mutant("volume", "spam counts", STORY, 'frozenset({"marked_spam", "merged"})', 'frozenset({"merged"})'),
    Mutant(
        "volume", "merged tickets count", STORY, 'frozenset({"marked_spam", "merged"})', 'frozenset({"marked_spam"})'
    ),
    Mutant(
        "next_response_time",
        "what waited in a merged ticket waits no more",
        ROWS,
        "if message.seq in left",
        "if message.seq in left and False",
    ),
    Mutant(
        "handling_time",
        "looking at a merged ticket was no work",
        "analytics/loading.py",
        "into[row[0]].focus.append(LoggedFocus._make(row))",
        "pass",
    ),
    Mutant(
        "backlog",
        "what is spam or merged by now was never open",
        "analytics/measures.py",
        'counted="f.is_stock"',
        'counted="f.is_counted"',
    ),
    Mutant(
        "volume",
        "the day begins at midnight in Greenwich",
        "analytics/fold/days.py",
        "dt.datetime.combine(day, midnight, self.zone)",
        "dt.datetime.combine(day, midnight, dt.UTC)",
    ),
    Mutant(
        "volume",
        "the day is as far from Greenwich as it was in winter",
        "analytics/fold/days.py",
        "dt.datetime.combine(day, midnight, self.zone).astimezone(dt.UTC)",
        "dt.datetime.combine(day, midnight, dt.UTC) - self.zone.utcoffset(dt.datetime(2026, 1, 9))  # type: ignore",
    ),
    Mutant(
        "volume",
        "midnight belongs to the day before",
        "analytics/fold/days.py",
        "place = bisect_right(self._begins, at)",
        "place = bisect_right(self._begins, at - dt.timedelta(microseconds=1))",
    ),
    Mutant(
        "volume",
        "by the team it has last",
        FACT,
        '"opened_team": at_once[-1] or (opened.data or {}).get("team")',
        '"opened_team": story.moves[-1].team',
    ),
    Mutant(
        "message_volume",
        "machines say nothing",
        "analytics/measures.py",
        '"x.inbound + x.replies + x.automatic"',
        '"x.inbound + x.replies"',
    ),
    Mutant(
        "backlog",
        "by the time at which it happened",
        ROWS,
        "story.day(event.recorded_at)",
        "story.day(event.occurred_at)",
    ),
    Mutant(
        "sla_compliance",
        "promises that no longer hold count",
        ROWS,
        'if state == "cancelled" or at is None:',
        "if at is None:",
    ),
    Mutant(
        "sla_compliance",
        "a late answer keeps a promise",
        ROWS,
        "metric, breached_at is None)",
        "metric, stopped_at is not None)",
    ),
    Mutant(
        "utilisation",
        "whoever is away is available",
        "analytics/presence.py",
        "PresenceInterval.objects.filter(state=PresenceState.ONLINE).annotate",
        "PresenceInterval.objects.annotate",
    ),
    Mutant(
        "concurrency",
        "no break ends what is in hand",
        "analytics/presence.py",
        "BREAK = dt.timedelta(minutes=5)",
        "BREAK = dt.timedelta(minutes=500)",
    ),
    Mutant(
        "productivity",
        "by the first resolve",
        "analytics/measures.py",
        "s.solved_day = x.day AND s.solved_agent = x.agent",
        "s.first_solved_day = x.day AND s.first_solved_agent = x.agent",
    ),
    Mutant(
        "deflection_rate",
        "whoever asked for a person was helped by a machine",
        FACT,
        "return not by_people and not wants_human",
        "return not by_people",
    ),
    Mutant(
        "deflection_rate",
        "whoever comes back was helped",
        "analytics/fold/__init__.py",
        'one["is_unattended"] and (pause is None or pause > fact.QUIET)',
        'one["is_unattended"]',
    ),
    Mutant(
        "missed_chats",
        "after two days",
        FACT,
        "MISSED_AFTER = dt.timedelta(hours=MISSED_AFTER_HOURS)",
        "MISSED_AFTER = dt.timedelta(hours=48)",
    ),
    Mutant(
        "all",
        "the first young day is final",
        "analytics/queries/reader.py",
        "if row.day < first_young:",
        "if row.day <= first_young:",
    ),
    Mutant(
        "all",
        "the ninetieth per cent is a value that was seen",
        "analytics/formulas.py",
        "float(ordered[low]) + (place - low) * (float(ordered[high]) - float(ordered[low]))",
        "float(ordered[high])",
    ),
    Mutant(
        "all",
        "shares are as certain as a coin",
        "analytics/formulas.py",
        "4 * denominator * denominator",
        "4 * denominator",
    ),
    Mutant(
        "all",
        "several tags must all be there",
        "analytics/sums.py",
        '"tag": "f.tags && %s::bigint[]"',
        '"tag": "f.tags @> %s::bigint[]"',
    ),
    Mutant(
        "all",
        "the heat map has holes in the night",
        "analytics/rollups.py",
        "SELECT opened_day AS day, opened_hour AS hour",
        "SELECT opened_day AS day, greatest(opened_hour, 7) AS hour",
    ),
    Mutant(
        "all",
        "who waits includes whoever has an answer",
        "analytics/queries/waiting.py",
        " AND f.replied_at IS NULL",
        "",
    ),
)


def copy_of_the_code(to: Path) -> None:
    """Copy what is under version control, as it is now."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True, text=True)  # noqa: S607
    for name in filter(None, listed.stdout.split("\0")):
        if (ROOT / name).is_file():
            (to / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, to / name)


def is_noticed(place: Path, mutant: Mutant) -> bool:
    """Run the histories on a copy with the error in it; raise RuntimeError when they do not run at all."""
    file = place / mutant.file
    right = file.read_text()
    file.write_text(right.replace(mutant.before, mutant.after))
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-n", "0", "--reuse-db", *HISTORIES]
    done = subprocess.run(command, cwd=place, env={**os.environ}, capture_output=True, text=True, check=False)
    file.write_text(right)
    if done.returncode not in {0, 1}:
        raise RuntimeError(done.stdout[-2000:] + done.stderr[-2000:])
    return done.returncode == 1


def main(words: list[str]) -> int:
    """Try each error; return how many nobody noticed."""
    wanted = [one for one in MUTANTS if not words or any(word in f"{one.figure}: {one.what}" for word in words)]
    unnoticed = 0
    with tempfile.TemporaryDirectory() as directory:
        place = Path(directory)
        copy_of_the_code(place)
        for mutant in wanted:
            begun = time.monotonic()
            noticed = is_noticed(place, mutant)
            unnoticed += not noticed
            took = time.monotonic() - begun
            print(
                f"{'noticed' if noticed else 'NOT NOTICED'} {took:5.1f} s  {mutant.figure}: {mutant.what}", flush=True
            )
    print(f"{len(wanted) - unnoticed} of {len(wanted)} noticed")
    return unnoticed


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
