"""When people were there and which ticket they had before their eyes, as their pages told it."""

import datetime as dt
from collections.abc import Iterable, Sequence

from agents.models import PresenceInterval, PresenceState, User
from helpdesk.seed.desk import Desk
from helpdesk.seed.rows import Keys, fresh
from helpdesk.seed.telling import Effort, Story
from tickets.models import FocusSegment

A_BEAT = dt.timedelta(seconds=15)
# The lead is at meetings when not at the desk; the others have lunch.
BETWEEN = {"amira": PresenceState.AWAY}


def presence(desk: Desk, users: dict[str, User], keys: Keys) -> Iterable[PresenceInterval]:
    """Return the intervals of every shift: available, the break in between, gone after the last one."""
    for name, stretches in desk.shifts():
        ended: dt.datetime | None = None
        for stretch in stretches:
            if ended is not None:
                state = BETWEEN.get(name, PresenceState.BREAK)
                yield _interval(keys, users[name], state, ended, stretch.begins)
            yield _interval(keys, users[name], PresenceState.ONLINE, stretch.begins, stretch.ends)
            ended = stretch.ends


def _interval(keys: Keys, user: User, state: PresenceState, begins: dt.datetime, ends: dt.datetime) -> PresenceInterval:
    return fresh(
        PresenceInterval, keys, user_id=user.pk, state=state, started_at=begins, last_seen_at=ends, ended_at=ends
    )


def apart(story: Story) -> tuple[list[Effort], list[Effort]]:
    """Return the efforts at the ticket of a story, and those at the one into which it was merged."""
    merged_at = story.merged_at
    here = [one for one in story.efforts if merged_at is None or one.begins < merged_at]
    return here, story.efforts[len(here) :]


def focus(
    ticket_id: int, efforts: Sequence[Effort], users: dict[str, User], keys: Keys, end: dt.datetime
) -> Iterable[FocusSegment]:
    """Return one segment for each effort that was over by then; pages said so every fifteen seconds."""
    for effort in efforts:
        if effort.ends >= end:
            continue
        beats = (effort.ends - effort.begins) // A_BEAT
        yield fresh(
            FocusSegment,
            keys,
            user_id=users[effort.who].pk,
            ticket_id=ticket_id,
            composing=effort.composing,
            started_at=effort.begins,
            last_seen_at=effort.begins + beats * A_BEAT,
            ended_at=effort.ends,
        )
