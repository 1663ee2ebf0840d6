"""What is said, and how long it takes."""

import datetime as dt

from tests.analytics.oracle.past import Part, Past, Said, Seen, seconds
from tickets.models import Message


def _team(past: Past, said: Said) -> int | None:
    return past.part_of(said).event_of[said.message.pk].team_id


def first_response(past: Past, *, business: bool = False) -> list[Seen]:
    """Observe the first reply of a person."""
    for reply in past.replies[:1]:
        since, team = past.begun(past.part_of(reply), reply.place)
        value = past.office_seconds(team, since, reply.at) if business else seconds(since, reply.at)
        return [past.seen(reply.at, value, team=_team(past, reply), agent=reply.message.author_id)]
    return []


def acknowledgement(past: Past) -> list[Seen]:
    """Observe the first confirmation that a machine sent, of what was said in this ticket itself."""
    sent = [said.at for said in past.own.sent if said.message.purpose == "acknowledgement"]
    heard = [said.at for said in past.own.heard]
    return [past.seen(at, seconds(min(heard), at), team=opening_team(past)) for at in sent[:1] if heard]


def assignment_to_reply(past: Past) -> list[Seen]:
    """Observe the first reply, from when its author had the ticket without a break."""
    for reply in past.replies[:1]:
        part = past.part_of(reply)
        before = [e for e in part.events if e.seq < part.event_of[reply.message.pk].seq]
        author, since = reply.message.author_id, None
        for event in reversed(before):
            if event.assignee_id != author:
                break
            since = event.occurred_at
        if since is not None:
            since = max(since, past.begun(part, reply.place)[0])
            return [past.seen(reply.at, seconds(since, reply.at), team=_team(past, reply), agent=author)]
    return []


def waits(past: Past, *, business: bool = False) -> list[Seen]:
    """Observe every wait: replies in order of time, each answering what its author had seen and nobody had answered.

    What nobody answered in a merged ticket is answered in this one.
    """
    found: list[Seen] = []

    def answer(part: Part, waiting: list[tuple[int, Said, int | None]]) -> set[Message]:
        """Let the replies of a ticket answer what waits at these places; return what still waits at the end."""
        left = {said.message: place for place, said, _team in waiting}
        ends = [event.seq for event in part.solves]
        for reply in part.replies:
            mine = [
                (said.at, place, team)
                for place, said, team in waiting
                if said.message in left and place <= reply.seen and not any(place < end < reply.place for end in ends)
            ]
            for _place, said, _team in [one for one in waiting if (one[1].at, one[0], one[2]) in mine]:
                left.pop(said.message, None)
            if mine:
                since, _place, team = min(mine, key=lambda one: one[:2])
                value = past.office_seconds(team, since, reply.at) if business else seconds(since, reply.at)
                by = part.event_of[reply.message.pk].team_id
                found.append(past.seen(reply.at, value, team=by, agent=reply.message.author_id))
        return {message for message, place in left.items() if not any(place < end for end in ends)}

    def open_words(part: Part) -> list[tuple[int, Said, int | None]]:
        return [(said.place, said, part.event_of[said.message.pk].team_id) for said in part.heard if part.waits(said)]

    here = open_words(past.own)
    for part in past.parts[1:]:
        words = open_words(part)
        left = answer(part, words)
        here += [(said.message.seq, said, team) for _place, said, team in words if said.message in left]
    answer(past.own, here)
    return found


def opening_team(past: Past) -> int | None:
    """Return where routing sent the ticket in the moment in which it was opened."""
    return [event for event in past.events if event.recorded_at == past.events[0].recorded_at][-1].team_id


def opened(past: Past) -> list[Seen]:
    """Observe the opening."""
    return [past.seen(past.ticket.opened_at, team=opening_team(past))]


def spoken(past: Past) -> list[Seen]:
    """Observe every message that was said, by either side."""
    return [
        past.seen(said.at, team=part.event_of[said.message.pk].team_id)
        for part in past.parts
        for said in [*part.heard, *part.sent]
    ]


def missed(past: Past) -> list[Seen]:
    """Observe the end of a day since the contact's last message in which nobody replied, nor ever had, nor resolved."""
    moments = sorted(said.at for part in past.parts for said in part.heard if part.waits(said))
    for at in moments:
        end = at + dt.timedelta(hours=24)
        heard_again = any(at < other <= end for other in moments)
        replied = any(reply.at <= end for reply in past.replies)
        resolved = any(at <= solve.occurred_at <= end for solve in past.all_solves)
        if not heard_again and not replied and not resolved:
            return [past.seen(end, team=opening_team(past))]
    return []
